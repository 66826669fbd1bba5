import { kerongCu48Frames } from '../frames/kerong-cu48.frame.ts';
import type { LockBoardDefinition } from './definition.ts';

/** KERONG CU48, first generation: 48 locks with door switches, up to 10 boards on a line. */
export const kerongCu48: LockBoardDefinition = {
  kind: 'lock-board',
  id: 'kerong-cu48',
  maker: 'KERONG',
  model: 'CU48',
  baudRate: 19_200,
  frames: kerongCu48Frames,
  messages: { query: 'get-status', unlock: 'unlock', status: 'status' },
  scope: 'board',
  reading: { as: 'bits', field: 'locks', zero: 0, one: 1 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 48,
  wireOffset: -1,
  addresses: { first: 0, last: 9 },
  closedBit: 1,
  timings: {
    paceMs: 4,
    // Drivers of the same maker wait 25 ms after an unlock before the next frame.
    paceAfterUnlockMs: 25,
    queryTimeoutMs: 150,
    queryRetries: 1,
    pollMs: 500,
    fastPollMs: 40,
    openTimeoutMs: 3_000,
    lateOpenMs: 10_000,
    silentAfter: 3,
    silentPollMs: 1_500,
    writeTimeoutMs: 300,
  },
};
