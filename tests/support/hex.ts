/** `02 0A FF` -> bytes. */
export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').map((pair) => Number.parseInt(pair, 16)));
}

/** Bytes -> `02 0A FF`. */
export function hexText(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

/** The numbers, from 1, of the bits that are set; bit 0 of the first byte is 1. */
export function bitsSet(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((byte >> bit) & 1) === 1).map((bit) => index * 8 + bit + 1),
  );
}
