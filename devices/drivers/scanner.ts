import type { Clock, Millis } from '../../contract/ports.ts';
import type { LineScannerDefinition } from '../definitions/definition.ts';

export interface ScannerStats {
  readonly scans: number;
  /** Equal codes close together: one person, one code held in view. */
  readonly repeats: number;
  /** Lines that were too long, not text, or never ended. */
  readonly dropped: number;
  /** Answers of the scanner to a command, stripped from the codes. */
  readonly answers: number;
}

export interface LineScanner {
  /** Takes any chunk of the line and returns the codes it completes. Never throws. */
  push(chunk: Uint8Array): string[];
  /** The line was lost: half a code must not be joined to the next one. */
  reset(): void;
  stats(): ScannerStats;
}

const CR = 0x0d;
const LF = 0x0a;
/** Longest text the contract's scan event carries. */
const MAX_TEXT = 512;

/** Cuts a scanner's bytes into codes: CR, LF or both end one; acknowledgements are stripped by exact match [DV14]. */
export function createLineScanner(definition: LineScannerDefinition, clock: Clock): LineScanner {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line: number[] = [];
  let tooLong = false;
  let lastByteAt: Millis = 0;
  let last: { readonly text: string; at: Millis } | undefined;
  const counts = { scans: 0, repeats: 0, dropped: 0, answers: 0 };

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
      counts.dropped += 1;
      return undefined;
    }
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
    if (tooLong || line.length > 0) counts.dropped += 1;
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
        if (byte === CR || byte === LF) {
          const text = end();
          if (text !== undefined) found.push(text);
        } else if (line.length >= definition.maxLineBytes) {
          tooLong = true;
        } else {
          line.push(byte);
          // By exact match at the start of a line, at once: what comes next may be the code [DV14].
          if (definition.acks.some((ack) => same(ack, line))) {
            counts.answers += 1;
            line = [];
          }
        }
      }
      return found;
    },
    reset: forget,
    stats: () => ({ ...counts }),
  };
}

function same(ack: readonly number[], line: readonly number[]): boolean {
  return ack.length === line.length && ack.every((byte, index) => line[index] === byte);
}
