import type { Clock, Millis } from '../../contract/ports.ts';
import type { LineScannerDefinition, ScannerTail } from '../definitions/definition.ts';

export interface ScannerStats {
  readonly scans: number;
  /** Equal codes close together: one person, one code held in view. */
  readonly repeats: number;
  /** Lines that were too long, not text, or never ended. */
  readonly dropped: number;
  /** Acknowledgements of commands. */
  readonly acks: number;
}

export interface LineScanner {
  /** Takes any chunk of the line and returns the codes it completes. Never throws. */
  push(chunk: Uint8Array): string[];
  /** The line fell silent: ends a code where the scanner is set to send no tail. */
  settle(): string[];
  /** Lines dropped since the last good code: what a wrong baud rate looks like. */
  droppedInARow(): number;
  /** The line was lost: half a code must not be joined to the next one. */
  reset(): void;
  stats(): ScannerStats;
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
/** Longest text the contract's scan event carries. */
const MAX_TEXT = 512;

/** Cuts a scanner's bytes into codes: CR, LF or both end one; acknowledgements are stripped by exact match [DV14]. */
export function createLineScanner(definition: LineScannerDefinition, clock: Clock): LineScanner {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line: number[] = [];
  let tooLong = false;
  let lastByteAt: Millis = 0;
  let last: { readonly text: string; at: Millis } | undefined;
  const counts = { scans: 0, repeats: 0, dropped: 0, acks: 0 };
  let droppedInARow = 0;
  const ends = endsOf(definition.tail ?? 'line');

  function drop(): void {
    counts.dropped += 1;
    droppedInARow += 1;
  }

  /** Exactly the acknowledgement and nothing before it: gone at once, so that whoever waits for it knows [DV60]. */
  function isAck(): boolean {
    return definition.acks.some(
      (ack) => ack.length === line.length && ack.every((byte, index) => line[index] === byte),
    );
  }

  function textOf(bytes: readonly number[]): string | undefined {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      const readable = [...text].every((char) => char >= ' ' && char !== '\u007f');
      return readable && text.length <= MAX_TEXT ? text : undefined;
    } catch {
      // Not UTF-8: counted by the caller as dropped.
      return undefined;
    }
  }

  function end(): string | undefined {
    const bytes = line;
    const long = tooLong;
    line = [];
    tooLong = false;
    if (!long && bytes.length === 0) return undefined;
    const text = long ? undefined : textOf(bytes);
    if (text === undefined) {
      drop();
      return undefined;
    }
    droppedInARow = 0;
    const now = clock.monotonic();
    const repeated = last?.text === text && now - last.at < definition.sameCodeMs;
    // The window slides: a code held in view for long is still one scan [DV15].
    last = { text, at: now };
    if (repeated) {
      counts.repeats += 1;
      return undefined;
    }
    counts.scans += 1;
    return text;
  }

  function forget(): void {
    if (tooLong || line.length > 0) drop();
    line = [];
    tooLong = false;
  }

  return {
    push: (chunk) => {
      const now = clock.monotonic();
      if ((line.length > 0 || tooLong) && now - lastByteAt > definition.idleMs) forget();
      lastByteAt = now;
      const found: string[] = [];
      for (const byte of chunk) {
        if (ends.includes(byte)) {
          const text = end();
          if (text !== undefined) found.push(text);
        } else if (line.length >= definition.maxLineBytes) {
          tooLong = true;
        } else {
          line.push(byte);
          if (isAck()) {
            counts.acks += 1;
            line = [];
          }
        }
      }
      return found;
    },
    settle: () => {
      const text = ends.length === 0 ? end() : undefined;
      return text === undefined ? [] : [text];
    },
    droppedInARow: () => droppedInARow,
    reset: forget,
    stats: () => ({ ...counts }),
  };
}

/** Bytes that end a code. */
function endsOf(tail: ScannerTail): readonly number[] {
  switch (tail) {
    case 'line':
      return [CR, LF];
    case 'tab':
      return [TAB];
    case 'none':
      return [];
  }
}
