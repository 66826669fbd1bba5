import { kerongCu48IrFrames } from '../frames/kerong-cu48.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/** KERONG CU48 with newer firmware (commands 60 and 61, reply 75): doors and infrared item sensors. */
export const kerongCu48Ir: LockBoardDefinition = {
  ...kerongCu48,
  id: 'kerong-cu48-ir',
  model: 'CU48 (60/61/75)',
  frames: kerongCu48IrFrames,
  messages: { query: 'ir-get-status', unlock: 'ir-unlock', status: 'ir-status' },
  features: { doorSensor: true, itemSensor: true },
};
