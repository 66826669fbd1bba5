import { sleep } from '../../contract/ports.ts';
import type { Clock, Millis } from '../../contract/ports.ts';

/** How long a GM65 looks after a trigger, ex works. */
const LOOK_MS: Millis = 5_000;
const ANSWER = [0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31];
const ZONE_LOOK = 0x0002;

export type Heard =
  { readonly report: 'triggered' } | { readonly report: 'bad-command'; readonly reason: string };

/** The command side of a simulated GM65, with a reader of its own for what the gateway sends. */
export interface Engine {
  /** Takes bytes of the line; answers what is right and stays silent on what is not, as the real one does. */
  hear(bytes: Uint8Array): Heard[];
  /** Resolves when a code may be read: a look is under way. A look reads one code. */
  mayRead(): Promise<void>;
}

export function createEngine(clock: Clock, write: (bytes: Uint8Array) => void): Engine {
  let held: number[] = [];
  let lookUntil = -Infinity;

  const act = (address: number, value: number): Heard => {
    write(Uint8Array.from(ANSWER));
    if (address !== ZONE_LOOK || (value & 1) === 0) return { report: 'bad-command', reason: 'not a look' };
    lookUntil = clock.monotonic() + LOOK_MS;
    return { report: 'triggered' };
  };
  return {
    hear(bytes) {
      held.push(...bytes);
      const heard: Heard[] = [];
      for (;;) {
        const start = held.findIndex((byte, at) => byte === 0x7e && (held[at + 1] ?? 0) === 0);
        if (start < 0) {
          held = [];
          return heard;
        }
        held = held.slice(start);
        const length = held[3];
        if (length === undefined || held.length < 8 + length) return heard;
        const [type = 0, , high = 0, low = 0, value = 0] = held.slice(2);
        const body = held.slice(2, 6 + length);
        const [first = 0, second = 0] = held.slice(6 + length);
        const unchecked = first === 0xab && second === 0xcd;
        held = held.slice(8 + length);
        if (!unchecked && remainder([...body, first, second]) !== 0)
          heard.push({ report: 'bad-command', reason: 'check bytes' });
        else if (type === 8 && length === 1) heard.push(act(high * 256 + low, value));
        else heard.push({ report: 'bad-command', reason: `type ${String(type)}` });
      }
    },
    async mayRead() {
      while (clock.monotonic() > lookUntil) await sleep(clock, 10);
      lookUntil = -Infinity;
    },
  };
}

/** Long division by x^16 + x^12 + x^5 + 1: zero over a message with its check bytes. Bit by bit, on purpose unlike the gateway's. */
function remainder(message: readonly number[]): number {
  let register = 0;
  for (const byte of message)
    for (let bit = 7; bit >= 0; bit -= 1) {
      const out = register >> 15;
      register = ((register << 1) & 0xffff) | ((byte >> bit) & 1);
      if (out === 1) register ^= 0x1021;
    }
  return register;
}
