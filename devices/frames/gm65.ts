/**
 * Commands of the GM65 family of scan engines (Grow GM65, GM66, GM805, GM81x), from its manual: `7E 00 TYPE LEN
 * ADDR.. DATA.. CRC`, answers `02 00 00 LEN DATA.. CRC`. The check bytes are CRC-16/XMODEM over TYPE..DATA,
 * high byte first; `AB CD` stands for "not checked". Not a table of frame-table.ts: an answer shares its line
 * with the codes read, and is told from them by its exact bytes.
 */

/** CRC-16/XMODEM: polynomial 1021, start 0, nothing reflected. */
export function crc16Xmodem(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

/** Sets zone byte `address` to `value`; nothing is saved for good. */
export function gm65Write(address: number, value: number): readonly number[] {
  return gm65Command([0x08, 0x01, address >> 8, address & 0xff, value]);
}

/** What an acknowledged write says; the only answer a running scanner gives. */
export const GM65_DONE: readonly number[] = gm65Answer([0x00, 0x01, 0x00]);

/** Zone 0002, bit 0: look for a code once. */
export const GM65_TRIGGER: readonly number[] = gm65Write(0x0002, 0x01);

function gm65Command(body: readonly number[]): readonly number[] {
  const crc = crc16Xmodem(body);
  return [0x7e, 0x00, ...body, crc >> 8, crc & 0xff];
}

function gm65Answer(body: readonly number[]): readonly number[] {
  const crc = crc16Xmodem(body);
  return [0x02, 0x00, ...body, crc >> 8, crc & 0xff];
}
