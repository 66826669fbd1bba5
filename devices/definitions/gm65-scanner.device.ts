import { gm65Frames } from '../frames/gm65.frame.ts';
import type { LineScannerDefinition } from './definition.ts';

/**
 * GM65, GM66, GM805, GM81x: as any line scanner, and can be told to look for a code. What it says to that stands on the same
 * stream just before the code. It may be set to look all the time, so equal codes close together are one [DV15].
 */
export const gm65Scanner: LineScannerDefinition = {
  kind: 'line-scanner',
  id: 'gm65-scanner',
  maker: 'Grow',
  model: 'GM65, GM66, GM805, GM81x',
  baudRate: 9_600,
  acks: [[0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31]],
  maxLineBytes: 512,
  sameCodeMs: 2_000,
  idleMs: 500,
  trigger: { frames: gm65Frames, message: 'trigger', ackWithinMs: 500 },
};

/** For firmware and copies that reckon the CRC otherwise: `AB CD` stands for "not checked". */
export const gm65ScannerNoCrc: LineScannerDefinition = {
  ...gm65Scanner,
  id: 'gm65-scanner-no-crc',
  model: 'GM65 and copies, commands without CRC',
  trigger: { frames: gm65Frames, message: 'trigger-no-crc', ackWithinMs: 500 },
};
