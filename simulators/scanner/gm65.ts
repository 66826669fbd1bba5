import { GM65_ACK } from './scanner.ts';

/** A GM65 that listens: its own reading of commands, made from the vectors and sharing nothing with the gateway's. */

export type Gm65Said =
  | { readonly kind: 'trigger' | 'write' | 'read' | 'save'; readonly crc: 'right' | 'skipped' }
  | { readonly kind: 'refused'; readonly reason: 'start' | 'short' | 'type' | 'length' | 'crc' };

/** CRC-16 of the manual, by a table of half bytes: polynomial 1021, start 0. */
const STEPS = Array.from({ length: 16 }, (_, high) => {
  let value = high << 12;
  for (let bit = 0; bit < 4; bit += 1) value = (value << 1) ^ (value > 0x7fff ? 0x11021 : 0);
  return value & 0xffff;
});
export function gm65Crc(bytes: readonly number[]): number {
  return bytes
    .flatMap((byte) => [byte >> 4, byte & 15])
    .reduce((crc, half) => ((crc << 4) & 0xffff) ^ (STEPS[(crc >> 12) ^ half] ?? 0), 0);
}

/** What one whole command says, or why it is none. */
export function readGm65Command(bytes: readonly number[]): Gm65Said {
  const [head, second, type = 0, length = 0, high = 0, low = 0] = bytes;
  if (head !== 0x7e || (bytes.length > 1 && second !== 0x00)) return { kind: 'refused', reason: 'start' };
  if (bytes.length < 8) return { kind: 'refused', reason: 'short' };
  if (type !== 0x07 && type !== 0x08 && type !== 0x09) return { kind: 'refused', reason: 'type' };
  if (length === 0 || bytes.length !== 8 + length) return { kind: 'refused', reason: 'length' };
  const check = ((bytes[6 + length] ?? 0) << 8) | (bytes[7 + length] ?? 0);
  const crc = check === 0xabcd ? 'skipped' : 'right';
  if (crc === 'right' && check !== gm65Crc(bytes.slice(2, 6 + length)))
    return { kind: 'refused', reason: 'crc' };
  if (type === 0x07) return { kind: 'read', crc };
  if (type === 0x09) return { kind: 'save', crc };
  return { kind: high === 0 && low === 2 && bytes[6] === 1 ? 'trigger' : 'write', crc };
}

export interface Gm65 {
  /** Bytes of the host; commands are cut by their own length byte. */
  take(chunk: Uint8Array): Gm65Said[];
}

export function createGm65(): Gm65 {
  let held: number[] = [];
  return {
    take: (chunk) => {
      held.push(...chunk);
      const said: Gm65Said[] = [];
      for (;;) {
        const start = held.indexOf(0x7e);
        held = start < 0 ? [] : held.slice(start);
        const size = 8 + (held[3] ?? 0);
        if (held.length < 4 || held.length < size) return said;
        const command = readGm65Command(held.slice(0, size));
        said.push(command);
        held = held.slice(command.kind === 'refused' ? 1 : size);
      }
    },
  };
}

/** What it answers to a command it understood. */
export const gm65Answer: readonly number[] = GM65_ACK;
