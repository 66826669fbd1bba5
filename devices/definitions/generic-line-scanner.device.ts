import type { LineScannerDefinition } from './definition.ts';

/**
 * A serial or USB-CDC scanner that sends text and CR, LF or both: GM65 and relatives, Newland and most others.
 * The GM65 acknowledgement may stand just before a code on the same stream.
 */
export const genericLineScanner: LineScannerDefinition = {
  kind: 'line-scanner',
  id: 'generic-line-scanner',
  maker: 'generic',
  model: 'serial line scanner',
  baudRate: 9_600,
  acks: [[0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31]],
  maxLineBytes: 512,
  sameCodeMs: 2_000,
  idleMs: 500,
};
