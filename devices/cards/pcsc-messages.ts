/**
 * Messages of pcscd (pcsc-lite 1.8.24 to 2.x, protocol 4.4) on its local socket: a header of two words
 * (size, command), then one fixed structure; answers are the same structure without a header. Words are 32 bits,
 * low byte first. Laid out after the project's own description of its protocol; tried against pcscd 1.9.9.
 */

export const COMMAND = {
  establishContext: 0x01,
  connect: 0x04,
  disconnect: 0x06,
  transmit: 0x09,
  version: 0x11,
  readers: 0x12,
} as const;

export const PROTOCOL = { major: 4, minor: 4 } as const;
export const READER_NAME_BYTES = 128;
const READERS = 16;
const READER_BYTES = READER_NAME_BYTES + 12 + 36 + 8;

/** Sizes of the fixed answers, in bytes. */
export const ANSWER_BYTES = {
  version: 12,
  establishContext: 12,
  readers: READERS * READER_BYTES,
  connect: 12 + READER_NAME_BYTES + 12,
  transmit: 32,
  disconnect: 12,
} as const;

const SHARED = 2;
const T0_OR_T1 = 3;
const SYSTEM_SCOPE = 2;
const LEAVE_CARD = 0;
const MOST_ANSWER = 264;

/** A reader as pcscd lists it. */
export interface ReaderState {
  readonly name: string;
  /** Rises with every card laid or taken. */
  readonly events: number;
  readonly present: boolean;
}

export function versionMessage(): Uint8Array {
  return message(COMMAND.version, words(PROTOCOL.major, PROTOCOL.minor, 0));
}

export function establishMessage(): Uint8Array {
  return message(COMMAND.establishContext, words(SYSTEM_SCOPE, 0, 0));
}

export function readersMessage(): Uint8Array {
  return message(COMMAND.readers, new Uint8Array(0));
}

/** Shared, because the reader may serve other programs; whichever of T=0 and T=1 the card speaks. */
export function connectMessage(context: number, reader: string): Uint8Array {
  const name = new Uint8Array(READER_NAME_BYTES);
  name.set(new TextEncoder().encode(reader).slice(0, READER_NAME_BYTES - 1));
  return message(COMMAND.connect, join(words(context), name, words(SHARED, T0_OR_T1, 0, 0, 0)));
}

/** One APDU; its bytes follow the structure. */
export function transmitMessage(card: number, protocol: number, apdu: Uint8Array): Uint8Array {
  const structure = words(card, protocol, 8, apdu.length, protocol, 8, MOST_ANSWER, 0);
  return join(message(COMMAND.transmit, structure), apdu);
}

export function disconnectMessage(card: number): Uint8Array {
  return message(COMMAND.disconnect, words(card, LEAVE_CARD, 0));
}

/** The readers of an answer, in pcscd's order; empty places are left out. */
export function readReaders(answer: Uint8Array): ReaderState[] {
  return Array.from({ length: READERS }, (_, index) => {
    const bytes = answer.subarray(index * READER_BYTES, (index + 1) * READER_BYTES);
    const state = word(bytes, READER_NAME_BYTES + 4);
    return {
      name: text(bytes.subarray(0, READER_NAME_BYTES)),
      events: word(bytes, READER_NAME_BYTES),
      present: (state & 0x0004) !== 0,
    };
  }).filter(({ name }) => name !== '');
}

/** The 32-bit word at a byte. @throws RangeError when the answer is shorter than that. */
export function word(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

function message(command: number, body: Uint8Array): Uint8Array {
  return join(words(body.length, command), body);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
  return bytes;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
