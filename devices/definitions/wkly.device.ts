import { wklyFrames } from '../frames/wkly.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/** A "WKLY" board (57 4B 4C 59) that tells of all its locks in one answer (command 84). */
export const wkly: LockBoardDefinition = {
  kind: 'lock-board',
  id: 'wkly',
  maker: 'generic',
  model: 'WKLY lock board',
  baudRate: 9_600,
  frames: wklyFrames,
  messages: {
    query: 'get-status',
    unlock: 'unlock',
    status: 'status',
    unlockAnswer: 'unlock-answer',
    pushes: { frames: ['push'], reading: { as: 'one-lock', zero: 0x00, one: 0x01 } },
  },
  scope: 'board',
  reading: { as: 'bytes', field: 'states', zero: 0x00, one: 0x01 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 24,
  wireOffset: 0,
  addresses: { first: 0, last: 31 },
  closedBit: 1,
  timings: { ...kerongCu48.timings, paceAfterUnlockMs: 60, queryTimeoutMs: 140 },
};

/** The same for boards that only know the question about one lock (command 83). */
export const wklyByLock: LockBoardDefinition = {
  ...wkly,
  id: 'wkly-by-lock',
  model: 'WKLY lock board, asked lock by lock',
  messages: { ...wkly.messages, query: 'get-lock', status: 'lock-state' },
  scope: 'lock',
  reading: { as: 'one-lock', zero: 0x00, one: 0x01 },
};
