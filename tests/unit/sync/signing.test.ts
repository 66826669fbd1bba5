import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentDigest, signRequest } from '../../../sync/signing.ts';
import type { SyncIdentity } from '../../../sync/signing.ts';

// RFC 8032 test 1's key as PKCS#8, so that the vector can be worked by hand.
const secret = Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
]);
const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
const publicKey = createPublicKey(privateKey);
const identity: SyncIdentity = {
  publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  keyId: () => 'hall-1',
  enrolled: () => undefined,
};

describe('request signature', () => {
  it('[SN8] is the RFC 9421 base, checked by openssl', async () => {
    const body = new TextEncoder().encode('{"epoch":1,"facts":[]}');
    const headers = await signRequest(
      { method: 'POST', url: 'http://127.0.0.1:7090/sync/v1/halls/1/facts?a=b', headers: {}, body },
      identity,
      'hall-1',
      1_764_000_000_123,
      'n0nce',
    );

    // The signature base written out by hand from RFC 9421 section 2.5.
    const parameters =
      '("@method" "@path" "@query" "content-digest" "uh-protocol");created=1764000000;keyid="hall-1";alg="ed25519";nonce="n0nce"';
    const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: body }).toString(
      'base64',
    );
    const base = [
      '"@method": POST',
      '"@path": /sync/v1/halls/1/facts',
      '"@query": ?a=b',
      `"content-digest": sha-256=:${digest}:`,
      '"uh-protocol": 1',
      `"@signature-params": ${parameters}`,
    ].join('\n');
    expect(headers['Signature-Input'] ?? headers['signature-input']).toBe(`hall=${parameters}`);

    const signature = /^hall=:(.+):$/.exec(headers['Signature'] ?? headers['signature'] ?? '')?.[1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'sign-'));
    try {
      writeFileSync(join(folder, 'base'), base);
      writeFileSync(join(folder, 'sig'), Buffer.from(signature, 'base64'));
      writeFileSync(join(folder, 'key.pem'), publicKey.export({ format: 'pem', type: 'spki' }));
      const verdict = (file: string): string =>
        execFileSync('openssl', [
          'pkeyutl',
          '-verify',
          '-pubin',
          '-inkey',
          join(folder, 'key.pem'),
          '-rawin',
          '-in',
          join(folder, file),
          '-sigfile',
          join(folder, 'sig'),
        ]).toString();
      expect(verdict('base')).toContain('Signature Verified Successfully');
      writeFileSync(join(folder, 'other'), base.replace('POST', 'GET'));
      expect(() => verdict('other')).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('[SN8] covers the empty body of a GET and the empty query', async () => {
    const headers = await signRequest(
      { method: 'GET', url: 'http://127.0.0.1/x', headers: {}, body: new Uint8Array(0) },
      identity,
      'hall-1',
      0,
      'n',
    );
    expect(headers['content-digest']).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
    expect(contentDigest(new Uint8Array(0))).toBe(headers['content-digest']);
  });
});
