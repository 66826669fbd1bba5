import { kerongCu16Frames } from '../frames/kerong-cu16.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/** KERONG CU16 (also CU12 and NCU16L): 16 locks a board, board and lock packed in one byte, up to 16 boards on a line. */
export const kerongCu16: LockBoardDefinition = {
  ...kerongCu48,
  id: 'kerong-cu16',
  model: 'CU16',
  frames: kerongCu16Frames,
  messages: { query: 'get-status', unlock: 'unlock', status: 'status' },
  features: { doorSensor: true, itemSensor: true },
  capacity: 16,
  addresses: { first: 0, last: 15 },
  timings: {
    ...kerongCu48.timings,
    // One driver waits 25 ms after an unlock, another needed 100 ms before the board listened again.
    paceAfterUnlockMs: 100,
  },
};
