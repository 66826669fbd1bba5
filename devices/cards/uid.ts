import { createHmac } from 'node:crypto';

/** GET DATA of PC/SC part 3: the reader answers for the card. */
export const GET_UID: Uint8Array = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);

export type UidAnswer =
  | { readonly uid: Uint8Array }
  /** `status`: the card or the reader said no, e.g. `6A81`; `form`: no answer a card can give. */
  | { readonly refused: 'status' | 'form'; readonly words: string };

/** Lengths of ISO 14443: single, double and triple; 8 of ISO 15693. */
const LENGTHS: readonly number[] = [4, 7, 8, 10];

/** Reads the answer to GET_UID. */
export function uidOf(answer: Uint8Array): UidAnswer {
  if (answer.length < 2) return { refused: 'form', words: `${String(answer.length)} bytes` };
  const status = Buffer.from(answer.subarray(-2)).toString('hex').toUpperCase();
  if (status !== '9000') return { refused: 'status', words: status };
  const uid = answer.subarray(0, -2);
  if (!LENGTHS.includes(uid.length))
    return { refused: 'form', words: `a UID of ${String(uid.length)} bytes` };
  return { uid };
}

/**
 * What leaves this process instead of a UID: 32 hex digits, the same at every reader of the hall, from which
 * nobody without the hall's key gets the number back [DV67].
 */
export function uidToken(key: Uint8Array, uid: Uint8Array): string {
  return createHmac('sha256', key).update('union-hall card uid v1\0').update(uid).digest('hex').slice(0, 32);
}
