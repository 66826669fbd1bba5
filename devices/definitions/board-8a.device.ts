import { board8aFrames } from '../frames/board-8a.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/** The generic Chinese "8A" lock board with 24 locks; sold under many names, also with 12 and 32. */
export const board8a24: LockBoardDefinition = {
  kind: 'lock-board',
  id: 'board-8a-24',
  maker: 'generic',
  model: '8A lock board, 24-way',
  baudRate: 9_600,
  frames: board8aFrames(3),
  messages: {
    query: 'get-status',
    unlock: 'unlock',
    status: 'status',
    unlockAnswer: 'unlock-answer',
    pushes: { frames: ['push', 'push-82'], reading: { as: 'one-lock', zero: 0x00, one: 0x11 } },
  },
  scope: 'board',
  reading: { as: 'bits', field: 'locks', zero: 0, one: 1 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 24,
  wireOffset: 0,
  addresses: { first: 1, last: 32 },
  closedBit: 1,
  timings: {
    ...kerongCu48.timings,
    // Room for the answer that some of these boards give at once.
    paceAfterUnlockMs: 60,
    queryTimeoutMs: 140,
  },
};

export const board8a12: LockBoardDefinition = {
  ...board8a24,
  id: 'board-8a-12',
  model: '8A lock board, 12-way',
  frames: board8aFrames(2),
  capacity: 12,
};

export const board8a32: LockBoardDefinition = {
  ...board8a24,
  id: 'board-8a-32',
  model: '8A lock board, 32-way',
  frames: board8aFrames(4),
  capacity: 32,
};
