import { winnsenFrames } from '../frames/winnsen.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/**
 * Winnsen boards: 16 locks, 4 stations by two switches, asked lock by lock. Without a check byte a damaged
 * answer can look like a true one: give them a short, screened cable of their own.
 */
export const winnsen: LockBoardDefinition = {
  kind: 'lock-board',
  id: 'winnsen',
  maker: 'Winnsen',
  model: 'locker board, 16-way',
  baudRate: 9_600,
  frames: winnsenFrames,
  messages: { query: 'get-lock', unlock: 'unlock', status: 'lock-state', unlockAnswer: 'unlock-answer' },
  scope: 'lock',
  reading: { as: 'one-lock', zero: 0, one: 1 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 16,
  wireOffset: 0,
  addresses: { first: 0, last: 3 },
  closedBit: 0,
  timings: { ...kerongCu48.timings, paceAfterUnlockMs: 60, queryTimeoutMs: 140 },
};
