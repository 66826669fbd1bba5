/** Bit 0 of the first byte is lock 1. True when the lock's bit is not the one that means closed [DV20]. */
export function isOpen(locks: Uint8Array, lock: number, closedBit: 0 | 1): boolean {
  const byte = locks[(lock - 1) >> 3] ?? 0;
  return ((byte >> ((lock - 1) & 7)) & 1) !== closedBit;
}
