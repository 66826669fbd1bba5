import { GM65_DONE, GM65_TRIGGER } from '../frames/gm65.ts';
import type { LineScannerDefinition } from './definition.ts';
import { genericLineScanner } from './generic-line-scanner.device.ts';

/**
 * GM65 family set to read on command: dark until a page invites a code, then it looks once (5 s ex works).
 * Set it up from its sheet of setting codes (serial output, command mode, end of line CR): nothing is written into it.
 */
export const gm65Scanner: LineScannerDefinition = {
  ...genericLineScanner,
  id: 'gm65-scanner',
  maker: 'Grow',
  model: 'GM65, GM66, GM805, GM81x in command mode',
  trigger: { command: GM65_TRIGGER, answer: GM65_DONE, answerMs: 500 },
};
