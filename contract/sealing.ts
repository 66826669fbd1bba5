import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Random } from './ports.ts';

/**
 * Sealed answers: HPKE base mode (RFC 9180), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM, one message a context. A hall seals and cannot open; only central opens.
 * The one file of contract that needs Node's crypto: pages never seal.
 */

const KEM = Uint8Array.of(0x4b, 0x45, 0x4d, 0x00, 0x20);
const ENC_BYTES = 32;
const TAG_BYTES = 16;
const NONE = new Uint8Array(0);

/** AEAD of the suite. The product uses AES-256-GCM; the RFC prints its X25519 vectors for AES-128-GCM. */
interface Aead {
  readonly name: 'aes-128-gcm' | 'aes-256-gcm';
  readonly id: number;
  readonly keyBytes: number;
}
const AES_256: Aead = { name: 'aes-256-gcm', id: 2, keyBytes: 32 };
export const AES_128: Aead = { name: 'aes-128-gcm', id: 1, keyBytes: 16 };

/** The context string of one answer, so that a box cannot be moved to another field or service. */
export function answerInfo(service: string, field: string): Uint8Array {
  return utf8ToBytes(`union-hall answer v1|${service}|${field}`);
}

/**
 * Seals `plaintext` to the recipient's raw X25519 public key (32 bytes, RFC 9180 5.1.1, 6.1).
 * Gives enc (32) | ciphertext | tag (16). Throws when the key is not a usable point.
 */
export function seal(
  publicKey: Uint8Array,
  plaintext: Uint8Array,
  info: Uint8Array,
  random: Random,
  aad: Uint8Array = NONE,
): Uint8Array {
  return sealWith(AES_256, random.bytes(32), publicKey, plaintext, info, aad);
}

/** Opens what `seal` made. Undefined when key, info or bytes do not fit: nothing is learnt about which. */
export function open(
  privateKey: Uint8Array,
  box: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array = NONE,
): Uint8Array | undefined {
  if (box.length < ENC_BYTES + TAG_BYTES) return undefined;
  try {
    const enc = box.slice(0, ENC_BYTES);
    const shared = sharedSecret(agree(privateKey, enc), enc, publicOf(privateKey));
    const { key, nonce } = schedule(AES_256, shared, info);
    const decipher = createDecipheriv(AES_256.name, key, nonce);
    decipher.setAAD(aad);
    decipher.setAuthTag(box.slice(box.length - TAG_BYTES));
    return new Uint8Array(
      Buffer.concat([decipher.update(box.slice(ENC_BYTES, box.length - TAG_BYTES)), decipher.final()]),
    );
  } catch (_refusedByCrypto) {
    return undefined;
  }
}

/** A raw X25519 pair from 32 random bytes (RFC 9180 7.1.3). */
export function sealingPair(ikm: Uint8Array): {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
} {
  const privateKey = labeledExpand(labeledExtract(KEM, NONE, 'dkp_prk', ikm), KEM, 'sk', NONE, 32);
  return { privateKey, publicKey: publicOf(privateKey) };
}

/** As `seal`, with the ephemeral key's seed and the AEAD given: for the RFC's test vectors only. */
export function sealWith(
  aead: Aead,
  ephemeralIkm: Uint8Array,
  publicKey: Uint8Array,
  plaintext: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
): Uint8Array {
  const ephemeral = sealingPair(ephemeralIkm);
  const shared = sharedSecret(agree(ephemeral.privateKey, publicKey), ephemeral.publicKey, publicKey);
  const { key, nonce } = schedule(aead, shared, info);
  const cipher = createCipheriv(aead.name, key, nonce);
  cipher.setAAD(aad);
  return concatBytes(
    ephemeral.publicKey,
    new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])),
  );
}

function sharedSecret(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  return labeledExpand(
    labeledExtract(KEM, NONE, 'eae_prk', dh),
    KEM,
    'shared_secret',
    concatBytes(enc, recipient),
    32,
  );
}

/** RFC 9180 5.1, mode_base: no pre-shared key. */
function schedule(aead: Aead, shared: Uint8Array, info: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const suite = concatBytes(utf8ToBytes('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, aead.id));
  const context = concatBytes(
    Uint8Array.of(0),
    labeledExtract(suite, NONE, 'psk_id_hash', NONE),
    labeledExtract(suite, NONE, 'info_hash', info),
  );
  const secret = labeledExtract(suite, shared, 'secret', NONE);
  return {
    key: labeledExpand(secret, suite, 'key', context, aead.keyBytes),
    nonce: labeledExpand(secret, suite, 'base_nonce', context, 12),
  };
}

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return extract(sha256, concatBytes(utf8ToBytes('HPKE-v1'), suite, utf8ToBytes(label), ikm), salt);
}

function labeledExpand(
  prk: Uint8Array,
  suite: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  return expand(
    sha256,
    prk,
    concatBytes(
      Uint8Array.of(length >> 8, length & 0xff),
      utf8ToBytes('HPKE-v1'),
      suite,
      utf8ToBytes(label),
      info,
    ),
    length,
  );
}

// DER wrappings of raw X25519 keys (RFC 8410): PKCS#8 and SPKI prefixes.
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

function privateObject(raw: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
}

function publicOf(privateKey: Uint8Array): Uint8Array {
  const der = createPublicKey(privateObject(privateKey)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(SPKI.length));
}

/** X25519. Node refuses the all-zero result (RFC 9180 7.1.4). */
function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const other = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
  return new Uint8Array(diffieHellman({ privateKey: privateObject(privateKey), publicKey: other }));
}
