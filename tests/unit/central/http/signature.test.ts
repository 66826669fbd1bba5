import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyRequest } from '../../../../central/http/signature.ts';
import type { SignedRequest } from '../../../../central/http/signature.ts';

/** Signatures made by openssl over a base written out by hand after RFC 9421; nothing of our signing side takes part. */

const dir = mkdtempSync(join(tmpdir(), 'signature-'));
const NOW = 1_795_000_000_000;
let key: KeyObject;

beforeAll(() => {
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', join(dir, 'key.pem')]);
  key = createPublicKey(readFileSync(join(dir, 'key.pem')));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

function opensslSign(text: string): string {
  writeFileSync(join(dir, 'base'), text);
  execFileSync('openssl', [
    'pkeyutl',
    '-sign',
    '-rawin',
    '-inkey',
    join(dir, 'key.pem'),
    '-in',
    join(dir, 'base'),
    '-out',
    join(dir, 'sig'),
  ]);
  return readFileSync(join(dir, 'sig')).toString('base64');
}

const digestOf = (body: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

function signed(
  over: { method?: string; url?: string; body?: Uint8Array; created?: number; components?: string } = {},
): SignedRequest {
  const { method = 'GET', url = '/sync/v1/halls/1/head', body = new Uint8Array(0) } = over;
  const [path = '', query] = url.split('?');
  const list = over.components ?? '"@method" "@path" "@query" "content-digest" "uh-protocol"';
  const params = `(${list});created=${String(over.created ?? NOW / 1000)};keyid="hall-1";alg="ed25519";nonce="n0nce-0001"`;
  const base = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"@query": ?${query ?? ''}`,
    `"content-digest": ${digestOf(body)}`,
    '"uh-protocol": 1',
    `"@signature-params": ${params}`,
  ].join('\n');
  return {
    method,
    url,
    body,
    headers: {
      'uh-protocol': '1',
      'content-digest': digestOf(body),
      'signature-input': `hall=${params}`,
      signature: `hall=:${opensslSign(base)}:`,
    },
  };
}

const ask = async (request: SignedRequest, now = NOW): Promise<string> => {
  const answer = await verifyRequest(
    request,
    (keyId) => Promise.resolve(keyId === 'hall-1' ? { hall: 1, key } : undefined),
    now,
  );
  return answer.ok ? `hall ${String(answer.value.hall)} ${answer.value.nonce}` : answer.refusal.code;
};

describe('signatures of halls', () => {
  it('[CE5] accepts what openssl signed, with and without query and body', async () => {
    expect(await ask(signed())).toBe('hall 1 n0nce-0001');
    expect(await ask(signed({ url: '/sync/v1/halls/1/feed?feedEpoch=e&cursor=5&wait=25' }))).toBe(
      'hall 1 n0nce-0001',
    );
    expect(
      await ask(signed({ method: 'POST', url: '/sync/v1/halls/1/facts', body: Buffer.from('{"epoch":1}') })),
    ).toBe('hall 1 n0nce-0001');
  });

  it('[CE5] refuses another method, path, query, body, digest, key or list of components', async () => {
    const request = signed({ url: '/sync/v1/halls/1/feed?cursor=5' });
    const changed = (part: Partial<SignedRequest>): Promise<string> => ask({ ...request, ...part });
    expect(await changed({ method: 'POST' })).toBe('signature-wrong');
    expect(await changed({ url: '/sync/v1/halls/2/feed?cursor=5' })).toBe('signature-wrong');
    expect(await changed({ url: '/sync/v1/halls/1/feed?cursor=6' })).toBe('signature-wrong');
    expect(await changed({ body: Buffer.from('x') })).toBe('signature-wrong');
    expect(
      await changed({
        body: Buffer.from('x'),
        headers: { ...request.headers, 'content-digest': digestOf(Buffer.from('x')) },
      }),
    ).toBe('signature-wrong');
    const input = String(request.headers['signature-input']);
    expect(
      await changed({
        headers: { ...request.headers, 'signature-input': input.replace('hall-1', 'hall-9') },
      }),
    ).toBe('signature-wrong');
    expect(await ask(signed({ components: '"@method" "@path" "content-digest" "uh-protocol"' }))).toBe(
      'signature-wrong',
    );
  });

  it('[CE5] refuses a request without a signature, or with one that is none', async () => {
    const request = signed();
    for (const name of ['signature', 'signature-input', 'content-digest']) {
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([key]) => key !== name));
      expect(await ask({ ...request, headers })).toBe('signature-wrong');
    }
    expect(await ask({ ...request, headers: { ...request.headers, signature: 'hall=:AAAA:' } })).toBe(
      'signature-wrong',
    );
    expect(await ask({ ...request, headers: { ...request.headers, 'signature-input': 'hall=(((' } })).toBe(
      'signature-wrong',
    );
  });

  it('[CE6] a clock more than five minutes off is told so, on either side', async () => {
    const request = signed();
    expect(await ask(request, NOW + 299_000)).toBe('hall 1 n0nce-0001');
    expect(await ask(request, NOW + 301_000)).toBe('clock-skew');
    expect(await ask(request, NOW - 301_000)).toBe('clock-skew');
  });

  it('[CE7] another protocol version is named', async () => {
    const request = signed();
    expect(await ask({ ...request, headers: { ...request.headers, 'uh-protocol': '7' } })).toBe(
      'protocol-version',
    );
  });
});
