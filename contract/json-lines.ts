/** Cuts a stream of bytes into JSON values, one a line. */
export interface JsonLines {
  /** Takes any chunk; tells each complete line, `undefined` for one that is not JSON. False once a line was too long: the stream cannot be trusted any more. */
  push(chunk: Uint8Array): boolean;
}

/** @param limit longest line in characters */
export function createJsonLines(limit: number, onValue: (value: unknown) => void): JsonLines {
  const decoder = new TextDecoder();
  // Pieces are joined only when their line is complete: a long line must not be copied for every chunk.
  let pieces: string[] = [];
  let length = 0;
  let broken = false;

  return {
    push: (chunk) => {
      if (broken) return false;
      const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
      pieces.push(first);
      length += first.length;
      for (const next of more) {
        if (length > limit) break;
        onValue(parse(pieces.join('')));
        pieces = [next];
        length = next.length;
      }
      broken = length > limit;
      return !broken;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON: the schema of the receiver refuses undefined.
    return undefined;
  }
}
