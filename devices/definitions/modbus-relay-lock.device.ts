import { modbusRelayFrames } from '../frames/modbus-relay.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/**
 * Eight locks on a Modbus relay board with inputs (Waveshare Modbus RTU Relay D): the board times the pulse,
 * door contacts are its inputs. Its answer to a pulse is the command itself, so it proves nothing [DV10].
 */
export const modbusRelayLock: LockBoardDefinition = {
  kind: 'lock-board',
  id: 'modbus-relay-lock',
  maker: 'Waveshare',
  model: 'Modbus RTU Relay (D) as lock board',
  baudRate: 9_600,
  frames: modbusRelayFrames,
  messages: { query: 'get-inputs', unlock: 'flash-on', status: 'inputs', unlockNumbers: { tenths: 5 } },
  scope: 'board',
  reading: { as: 'bits', field: 'locks', zero: 0, one: 1 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 8,
  wireOffset: -1,
  addresses: { first: 1, last: 247 },
  closedBit: 1,
  timings: {
    ...kerongCu48.timings,
    // Modbus RTU wants 3.5 characters of silence between frames: 4 ms at 9600 baud.
    paceMs: 5,
    paceAfterUnlockMs: 30,
    queryTimeoutMs: 140,
  },
};
