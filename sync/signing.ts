import { createHash } from 'node:crypto';
import { httpbis } from 'http-message-signatures';
import { PROTOCOL_HEADER, PROTOCOL_VERSION, SIGNED_COMPONENTS } from '../contract/central-api.ts';
import type { UnixMillis } from '../contract/ports.ts';

/** The hall's sync identity: an Ed25519 key that never leaves the hall. */
export interface SyncIdentity {
  /** SPKI DER, base64. */
  readonly publicKey: string;
  /** Raw Ed25519 signature, 64 bytes. A promise where the key is in another process. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Key id given by central at enrolment; undefined before. */
  keyId(): string | undefined;
  enrolled(keyId: string): void | Promise<void>;
}

/** `content-digest` of the bytes as sent (RFC 9530, sha-256). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** Headers of a signed request (RFC 9421, ed25519) over the components of the sync protocol [SN8]. */
export async function signRequest(
  request: { method: string; url: string; headers: Readonly<Record<string, string>>; body: Uint8Array },
  identity: SyncIdentity,
  keyId: string,
  now: UnixMillis,
  nonce: string,
): Promise<Record<string, string>> {
  const headers = {
    ...request.headers,
    'content-digest': contentDigest(request.body),
    [PROTOCOL_HEADER]: String(PROTOCOL_VERSION),
  };
  const signed = await httpbis.signMessage(
    {
      key: { id: keyId, alg: 'ed25519', sign: async (data) => Buffer.from(await identity.sign(data)) },
      name: 'hall',
      fields: [...SIGNED_COMPONENTS],
      params: ['created', 'keyid', 'alg', 'nonce'],
      paramValues: { created: new Date(now), nonce },
    },
    { method: request.method, url: request.url, headers },
  );
  return Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
