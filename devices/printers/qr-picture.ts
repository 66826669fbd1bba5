import QRCode from 'qrcode';

/** Quiet zone of the symbol (ISO/IEC 18004), in modules. */
const QUIET = 4;

/**
 * A QR code as a raster picture (GS v 0), for printers that have no command for codes. Level M, `dots` dots a module,
 * its quiet zone included; the data as UTF-8 bytes.
 */
export function qrPicture(data: string, dots: number): Buffer {
  const { modules } = QRCode.create([{ data: Buffer.from(data, 'utf8'), mode: 'byte' }], {
    errorCorrectionLevel: 'M',
  });
  const side = (modules.size + 2 * QUIET) * dots;
  const rowBytes = Math.ceil(side / 8);
  const rows = Buffer.alloc(rowBytes * side);
  for (let y = 0; y < modules.size; y += 1)
    for (let x = 0; x < modules.size; x += 1) {
      if (modules.get(y, x) === 0) continue;
      for (let down = 0; down < dots; down += 1)
        for (let right = 0; right < dots; right += 1) {
          const column = (x + QUIET) * dots + right;
          const at = ((y + QUIET) * dots + down) * rowBytes + (column >> 3);
          rows[at] = (rows[at] ?? 0) | (0x80 >> (column & 7));
        }
    }
  const head = Buffer.of(0x1d, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, side & 0xff, side >> 8);
  return Buffer.concat([head, rows]);
}
