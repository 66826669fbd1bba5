import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { deriveKey } from './access-code.ts';

/** How an ID number is known to a hall: by a keyed hash and its last four characters, never in full. */

/** The key of the hashes, K_id: derived from K_hall, which cannot be found from it. */
export function idNumberKey(hallKey: Uint8Array): Uint8Array {
  return deriveKey(hallKey, 'id-number');
}

/** HMAC-SHA-256 (hex) of a number as it is printed, its last character a capital X. */
export function idNumberHash(idKey: Uint8Array, number: string): string {
  return bytesToHex(hmac(sha256, idKey, utf8ToBytes(number)));
}

/** `id-number-keys.json`, from the hall to a gateway in a process of its own: at most two keys, base64, the newest first. */
export const IdNumberKeys = z.array(z.base64().length(44)).max(2);
