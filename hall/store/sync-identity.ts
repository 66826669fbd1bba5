import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { Store } from '../ports.ts';
import { createSettings } from './settings.ts';

const KEY = 'sync-key';
const KEY_ID = 'sync-key-id';

/** The hall's identity towards central: an Ed25519 key that never leaves this database. */
export interface SyncKey {
  /** SPKI DER, base64. */
  readonly publicKey: string;
  sign(message: Uint8Array): Uint8Array;
  /** Key id given at enrolment; undefined before. */
  keyId(): string | undefined;
  enrolled(keyId: string): void;
}

/** The stored key, or a new one made here and committed before its first use [SY11]. */
export function openSyncKey(store: Store): SyncKey {
  const settings = createSettings(store.db);
  const stored =
    settings.get(KEY) ??
    store.transaction((tx) => {
      const made = generateKeyPairSync('ed25519')
        .privateKey.export({ format: 'der', type: 'pkcs8' })
        .toString('base64');
      createSettings(tx.db).set(KEY, made);
      tx.audit({ actor: 'hall', action: 'sync-key.make', subject: 'hall' });
      return made;
    });
  const privateKey = createPrivateKey({ key: Buffer.from(stored, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
    keyId: () => settings.get(KEY_ID),
    enrolled: (keyId) => {
      store.transaction((tx) => {
        createSettings(tx.db).set(KEY_ID, keyId);
        tx.audit({ actor: 'central', action: 'sync-key.enrol', subject: keyId });
        return undefined;
      });
    },
  };
}
