import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { createZxingDecoder } from '../../../../kiosk/camera/zxing-decoder.ts';

const CODE = `UH1:${'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'.repeat(4)}`.slice(0, 170);

/** The picture a camera would take: modules of `scale` pixels on light ground. */
function picture(text: string, scale: number): ImageData {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const size = (modules.size + 8) * scale;
  const data = new Uint8ClampedArray(size * size * 4).fill(235);
  for (let y = 0; y < modules.size * scale; y += 1)
    for (let x = 0; x < modules.size * scale; x += 1)
      if (modules.get(Math.floor(y / scale), Math.floor(x / scale)) === 1)
        data.fill(
          25,
          ((y + 4 * scale) * size + x + 4 * scale) * 4,
          ((y + 4 * scale) * size + x + 4 * scale) * 4 + 3,
        );
  return { data, width: size, height: size, colorSpace: 'srgb' };
}

describe('the decoder of the live camera', () => {
  it('[KC7] reads a code as large as ours, at three sizes', async () => {
    const decoder = createZxingDecoder();
    for (const scale of [3, 4, 7]) expect(await decoder.decode(picture(CODE, scale))).toBe(CODE);
  });

  it('[KC7] a picture without a code, or with half of one, is no answer', async () => {
    const decoder = createZxingDecoder();
    const half = picture(CODE, 4);
    half.data.fill(235, half.data.length / 2);
    expect(await decoder.decode(half)).toBeUndefined();
    half.data.fill(128);
    expect(await decoder.decode(half)).toBeUndefined();
  });
});
