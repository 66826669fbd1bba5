import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { QrDecoder } from './qr-decoder.ts';

/** ZXing compiled to WebAssembly; its module comes with the page and is never fetched from elsewhere. */
export function createWasmDecoder(): QrDecoder {
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return {
    name: 'wasm',
    decode: async (picture) => {
      const found = await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: 1 });
      return found[0]?.isValid === true ? found[0].text : undefined;
    },
  };
}
