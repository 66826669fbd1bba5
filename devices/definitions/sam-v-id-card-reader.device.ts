import { samVFrames } from '../frames/sam-v.frame.ts';
import type { IdReaderDefinition } from './definition.ts';

/** Readers of second-generation resident ID cards with a SAM-V module, by serial line or as a USB serial port. */
export const samVIdCardReader: IdReaderDefinition = {
  kind: 'id-card-reader',
  id: 'sam-v-id-card-reader',
  maker: 'several',
  model: 'SAM-V, GA 450',
  baudRate: 115_200,
  frames: samVFrames,
  timings: {
    pollMs: 300,
    answerTimeoutMs: 500,
    // 1295 bytes take 112 ms at 115200 and 1.4 s at 9600; reading the chip itself takes about a second.
    readTimeoutMs: 4_000,
    silentAfter: 3,
    failedAfter: 3,
    sameCardMs: 2_000,
    writeTimeoutMs: 500,
  },
};
