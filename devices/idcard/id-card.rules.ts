import { idNumberHash } from '../../contract/id-number.ts';
import type { DeviceEvent } from '../../contract/messages.ts';
import { readIdText } from './id-text.rules.ts';
import type { IdTextRefusal } from './id-text.rules.ts';

/** All that may leave the gateway of an ID card [DV64]. */
export type IdCard = Pick<Extract<DeviceEvent, { kind: 'id-card' }>, 'hashes' | 'last4' | 'nameMasked'>;

/**
 * Turns the text of a card into what may leave, in one step: nobody outside this function ever holds the number.
 * @param idKeys keys of the hashes, the newest first; at least one.
 */
export function judgeIdCard(
  text: Uint8Array,
  idKeys: readonly Uint8Array[],
): IdCard | { readonly refused: IdTextRefusal | 'no-key' } {
  if (idKeys.length === 0) return { refused: 'no-key' };
  const read = readIdText(text);
  if ('refused' in read) return read;
  return {
    hashes: idKeys.map((key) => idNumberHash(key, read.number)),
    last4: read.number.slice(-4),
    nameMasked: `${[...read.name][0] ?? ''}*`,
  };
}
