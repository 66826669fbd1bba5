import { xorOf } from './codec.ts';
import type { BoardCodec, Heard, Model, RequestReader } from './codec.ts';

/** WKLY: 57 4B 4C 59, length of the whole frame, address, command, data, exclusive or of everything before it. */

const models: readonly Model[] = ['wkly'];
const START = [0x57, 0x4b, 0x4c, 0x59];
const OPENS_MANY = [0x80, 0x86, 0x87, 0x88];

function understand(bytes: readonly number[]): Heard {
  const board = bytes[5] ?? 0;
  const command = bytes[6] ?? 0;
  const data = bytes.slice(7, -1);
  const [lock = 0] = data;
  if (OPENS_MANY.includes(command)) return { kind: 'unlock-many', board, lock: 0, models, bytes };
  if (command === 0x82 && data.length === 1) return { kind: 'unlock', board, lock, models, bytes };
  if (command === 0x83 && data.length === 1) return { kind: 'query', board, lock, models, bytes };
  if (command === 0x84 && data.length === 0) return { kind: 'query', board, lock: 0, models, bytes };
  return { kind: 'other', board, lock: 0, models, bytes };
}

/** The length stands in the frame: bytes are gathered from the start word on, and given up when they cannot be one. */
function createReader(): RequestReader {
  let held: number[] = [];
  return {
    push: (byte) => {
      held.push(byte);
      for (;;) {
        const wrong = held.slice(0, 4).some((each, index) => each !== START[index]);
        const length = held[4];
        if (held.length === 0) return undefined;
        if (!wrong && (length === undefined || (length >= 8 && length <= 40))) {
          if (length === undefined || held.length < length) return undefined;
          const bytes = held.slice(0, length);
          if (xorOf(bytes.slice(0, -1)) === bytes.at(-1) && (bytes[5] ?? 0) <= 31) {
            held = held.slice(length);
            return understand(bytes);
          }
        }
        held = held.slice(1);
      }
    },
  };
}

function frame(address: number, command: number, data: readonly number[]): number[] {
  const body = [...START, 8 + data.length, address, command, ...data];
  return [...body, xorOf(body)];
}

const stateOf = (bits: readonly boolean[], lock: number): number => (bits[lock - 1] === true ? 1 : 0);

export const wklyCodec: BoardCodec = {
  models,
  createReader,
  status: ({ address, bits }, lock) =>
    lock === 0
      ? frame(address, 0x84, [0x00, bits.length, ...bits.map((bit) => (bit ? 1 : 0))])
      : frame(address, 0x83, [0x00, lock, stateOf(bits, lock)]),
  unlockReply: ({ address, bits }, lock) => frame(address, 0x82, [0x00, lock, stateOf(bits, lock)]),
  push: ({ address, bits }, lock) => frame(address, 0x85, [lock, stateOf(bits, lock)]),
};
