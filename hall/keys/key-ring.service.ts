import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Clock, UnixMillis } from '../../contract/ports.ts';
import { fromInstant } from '../../contract/time.ts';
import type { KeyRing, Store } from '../ports.ts';
import type { Reference } from '../store/reference.ts';
import { createSettings } from '../store/settings.ts';

/** Key id of this hall's own issuing key. */
export const ISSUING_KEY_ID = 0x80;
const SETTING = 'issuing-key';
/** Longest life of a grant (72 h) and of a hall without contact (30 days): how long an old central key still verifies. */
const KEPT_AFTER_END_MS = 33 * 86_400_000;
/** Clocks of central and hall may differ by this much around a change of epoch. */
const EPOCH_SLACK_MS = 5 * 60_000;

/**
 * Keys as the hall knows them: central's from the feed, K_hall per epoch from the feed, and the hall's
 * own issuing key, made at first start together with its fact [ID8].
 */
export function createKeyRing(parts: {
  readonly store: Store;
  readonly reference: Reference;
  readonly clock: Clock;
}): KeyRing {
  const { store, reference, clock } = parts;
  const settings = createSettings(store.db);
  const own = ownKey(store, settings.get(SETTING));
  const parsed = new Map<string, KeyObject>();

  const publicKeyOf = (keyId: number): KeyObject | undefined => {
    if (keyId === ISSUING_KEY_ID) return own.publicKey;
    if (keyId > 0x7f) return undefined;
    const record = reference.get('key', String(keyId));
    if (record === undefined) return undefined;
    const now: UnixMillis = clock.now();
    if (now > fromInstant(record.validTo) + KEPT_AFTER_END_MS) return undefined;
    const known = parsed.get(record.publicKey);
    if (known !== undefined) return known;
    const key = spki(record.publicKey);
    if (key !== undefined) parsed.set(record.publicKey, key);
    return key;
  };

  return {
    knows: (keyId) => publicKeyOf(keyId) !== undefined,
    verify: (keyId, message, signature) => {
      const key = publicKeyOf(keyId);
      return key !== undefined && signature.length === 64 && verify(null, message, key, signature);
    },
    hallKeys: () => {
      const all = reference.all('hall-key').sort((a, b) => b.epoch - a.epoch);
      const begun = all.filter((each) => fromInstant(each.validFrom) <= clock.now() + EPOCH_SLACK_MS);
      // A clock before every key is a wrong clock: the newest keys are the better guess.
      return (begun.length > 0 ? begun : all)
        .slice(0, 2)
        .map((each) => ({ epoch: each.epoch, key: new Uint8Array(Buffer.from(each.key, 'base64')) }));
    },
    issue: (message) => ({
      keyId: ISSUING_KEY_ID,
      signature: new Uint8Array(sign(null, message, own.privateKey)),
    }),
    keyIdForIssuing: () => ISSUING_KEY_ID,
  };
}

/** The stored issuing key, or a new one committed together with the fact that announces it. */
function ownKey(store: Store, stored: string | undefined): { privateKey: KeyObject; publicKey: KeyObject } {
  if (stored !== undefined) {
    const privateKey = createPrivateKey({ key: Buffer.from(stored, 'base64'), format: 'der', type: 'pkcs8' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  }
  const pair = generateKeyPairSync('ed25519');
  store.transaction((tx) => {
    createSettings(tx.db).set(
      SETTING,
      pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    );
    tx.record('issuing-key.added', {
      keyId: ISSUING_KEY_ID,
      publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    });
    tx.audit({ actor: 'hall', action: 'issuing-key.add', subject: String(ISSUING_KEY_ID) });
    return undefined;
  });
  return pair;
}

/** undefined when the bytes are no Ed25519 key: such a record verifies nothing. */
function spki(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
