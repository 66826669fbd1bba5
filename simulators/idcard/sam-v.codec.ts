/** SAM-V as the reader sees it, made from the vectors: nothing of this is shared with the gateway. */

const HEAD = 'aaaaaa9669';

export type SamVAsked =
  | { readonly asked: 'find' | 'select' | 'read' | 'read-fingerprint' | 'other' }
  | { readonly refused: 'start' | 'short' | 'length' | 'sum' };

export function xor(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value ^ byte, 0);
}

/** One whole question. */
export function readQuestion(bytes: Uint8Array): SamVAsked {
  const hex = Buffer.from(bytes).toString('hex');
  if (!hex.startsWith(HEAD)) return { refused: hex.length < 10 && HEAD.startsWith(hex) ? 'short' : 'start' };
  if (bytes.length < 10) return { refused: 'short' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(5) !== bytes.length - 7) return { refused: 'length' };
  if (xor(bytes.subarray(5)) !== 0) return { refused: 'sum' };
  switch (view.getUint16(7)) {
    case 0x2001:
      return { asked: 'find' };
    case 0x2002:
      return { asked: 'select' };
    case 0x3001:
      return { asked: 'read' };
    case 0x3010:
      return { asked: 'read-fingerprint' };
    default:
      return { asked: 'other' };
  }
}

/** Status bytes and data in a frame. */
export function answer(status: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const frame = Buffer.alloc(5 + 2 + 3 + data.length + 1);
  frame.write(HEAD, 'hex');
  frame.writeUInt16BE(3 + data.length + 1, 5);
  frame[9] = status;
  frame.set(data, 10);
  frame[frame.length - 1] = xor(frame.subarray(5, -1));
  return frame;
}

export interface Person {
  readonly name: string;
  readonly sex: string;
  readonly nation: string;
  readonly birth: string;
  readonly address: string;
  readonly number: string;
  readonly authority: string;
  readonly from: string;
  readonly to: string;
}

/** 256 bytes of UTF-16LE, fields filled up with spaces. */
export function textOf(person: Person): Buffer {
  const text = [
    person.name.padEnd(15),
    person.sex.padEnd(1),
    person.nation.padEnd(2),
    person.birth.padEnd(8),
    person.address.padEnd(35),
    person.number.padEnd(18),
    person.authority.padEnd(15),
    person.from.padEnd(8),
    person.to.padEnd(8),
  ].join('');
  return Buffer.from(text.padEnd(128), 'utf16le');
}

/** The data of a read: two lengths, text, photo. */
export function cardData(text: Uint8Array, photo: Uint8Array): Uint8Array {
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16BE(text.length, 0);
  lengths.writeUInt16BE(photo.length, 2);
  return Buffer.concat([lengths, text, photo]);
}
