/** Finds a QR in one picture. Two implementations; the page chooses one, and both are shown to read the same codes. */
export interface QrDecoder {
  readonly name: 'zxing' | 'wasm';
  /** Text of the QR, or undefined when there is none. Rejects only when the decoder itself could not be loaded. */
  decode(picture: ImageData): Promise<string | undefined>;
}

/** `?decoder=wasm` in the address chooses the faster one; the default is the owner's choice. */
export async function loadQrDecoder(search: string): Promise<QrDecoder> {
  if (new URLSearchParams(search).get('decoder') === 'wasm')
    return (await import('./wasm-decoder.ts')).createWasmDecoder();
  return (await import('./zxing-decoder.ts')).createZxingDecoder();
}
