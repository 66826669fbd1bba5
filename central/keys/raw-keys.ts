import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
} from 'node:crypto';
import type { Random } from '../../contract/ports.ts';

/** Key material at rest and Ed25519 on raw seeds. */

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** 32 bytes -> SPKI DER of its Ed25519 public key, base64. */
export function ed25519Public(seed: Uint8Array): string {
  return createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).toString('base64');
}

export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKey(seed)));
}

/** False also for a key that is not an Ed25519 SPKI. */
export function ed25519Verify(spki: string, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, message, key, signature);
  } catch (_notAKey) {
    return false;
  }
}

/** Whether the text is the SPKI DER, base64, of an Ed25519 public key. */
export function isEd25519Public(spki: string): boolean {
  try {
    return (
      createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyType ===
      'ed25519'
    );
  } catch (_notAKey) {
    return false;
  }
}

function privateKey(seed: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** AES-256-GCM under the master key (32 bytes): nonce 12 | tag 16 | ciphertext, base64. The label binds a key to its place. */
export function wrap(master: Uint8Array, label: string, secret: Uint8Array, random: Random): string {
  const nonce = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(Buffer.from(label));
  const body = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Throws when the master key or the label is not the one used to wrap. */
export function unwrap(master: Uint8Array, label: string, wrapped: string): Uint8Array {
  const bytes = Buffer.from(wrapped, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(label));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]));
}
