import {
  BinaryBitmap,
  ChecksumException,
  DecodeHintType,
  FormatException,
  HybridBinarizer,
  NotFoundException,
  QRCodeReader,
  RGBLuminanceSource,
} from '@zxing/library';
import type { QrDecoder } from './qr-decoder.ts';

/** @zxing/library on the luminance of the picture. */
export function createZxingDecoder(): QrDecoder {
  const reader = new QRCodeReader();
  const hints = new Map([[DecodeHintType.TRY_HARDER, true]]);
  return {
    name: 'zxing',
    decode: (picture) => {
      const source = new RGBLuminanceSource(luminanceOf(picture), picture.width, picture.height);
      try {
        return Promise.resolve(reader.decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText());
      } catch (error) {
        // No code, half a code, a code with dirt on it: the next picture is looked at.
        if (
          error instanceof NotFoundException ||
          error instanceof ChecksumException ||
          error instanceof FormatException
        )
          return Promise.resolve(undefined);
        throw error;
      } finally {
        reader.reset();
      }
    },
  };
}

/** One byte a pixel, green counted twice. */
function luminanceOf({ data, width, height }: ImageData): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(width * height);
  for (let index = 0; index < grey.length; index += 1) {
    const at = index * 4;
    grey[index] = ((data[at] ?? 0) + 2 * (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) >> 2;
  }
  return grey;
}
