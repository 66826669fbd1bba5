import { createHash, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  SIGNATURE_LIFE_SECONDS,
  SIGNED_COMPONENTS,
} from '../../contract/central-api.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';

/**
 * Verifies the halls' HTTP message signatures, written from RFC 9421 (section 2.5 for the base, 3.2 for
 * verifying) and RFC 9530 (content-digest); the signing side uses a library, so a shared mistake would show.
 */

export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as sent, compressed if they were. */
  readonly body: Uint8Array;
}

export interface Signer {
  readonly hall: number;
  readonly keyId: string;
  readonly nonce: string;
  /** Until when the nonce must be remembered. */
  readonly nonceUntil: UnixMillis;
}

/** One signature over an inner list of components, with its parameters exactly as they were signed. */
const INPUT = /^([a-z*][a-z0-9_.*-]*)=(\(([^()]*)\)((?:;[a-z*][a-z0-9_.*-]*=(?:"(?:[^"\\]|\\.)*"|\d+))*))$/;
const PARAMETER = /;([a-z*][a-z0-9_.*-]*)=(?:"((?:[^"\\]|\\.)*)"|(\d+))/g;

/** Who signed this request. Nothing is remembered here: the caller takes the nonce [CE5]. */
export async function verifyRequest(
  request: SignedRequest,
  keyOf: (keyId: string) => Promise<{ readonly hall: number; readonly key: KeyObject } | undefined>,
  now: UnixMillis,
): Promise<Result<Signer>> {
  const version = only(request.headers[PROTOCOL_HEADER]);
  const known = [PROTOCOL_VERSION, PROTOCOL_VERSION - 1].filter((each) => each >= 1).map(String);
  if (version === undefined || !known.includes(version)) return refused('protocol-version');

  const digest = only(request.headers['content-digest']);
  if (digest === undefined || !digestFits(digest, request.body)) return refused('signature-wrong');

  const input = INPUT.exec(only(request.headers['signature-input']) ?? '');
  const signature = only(request.headers['signature']);
  if (input === null || signature === undefined) return refused('signature-wrong');
  const [, label = '', signatureParams = '', list = '', tail = ''] = input;
  const components = list.split(' ').map((each) => each.replace(/^"(.*)"$/, '$1'));
  const needed: readonly string[] = SIGNED_COMPONENTS;
  if (components.length !== needed.length || !needed.every((each) => components.includes(each)))
    return refused('signature-wrong');
  const parameters = new Map(
    [...tail.matchAll(PARAMETER)].map(([, name = '', text, number]) => [name, text ?? number ?? '']),
  );
  const keyId = parameters.get('keyid');
  const nonce = parameters.get('nonce');
  const created = Number(parameters.get('created') ?? Number.NaN);
  const algorithm = parameters.get('alg');
  if (keyId === undefined || nonce === undefined || nonce.length < 8 || nonce.length > 128)
    return refused('signature-wrong');
  if (algorithm !== undefined && algorithm !== 'ed25519') return refused('signature-wrong');
  if (!Number.isSafeInteger(created)) return refused('signature-wrong');

  const found = await keyOf(keyId);
  const bytes = new RegExp(`^${label.replaceAll(/[.*]/g, '\\$&')}=:([A-Za-z0-9+/]+={0,2}):$`).exec(signature);
  const base = signatureBase(request, components, signatureParams, digest, version);
  if (found === undefined || bytes === null || base === undefined) return refused('signature-wrong');
  if (!verify(null, Buffer.from(base), found.key, Buffer.from(bytes[1] ?? '', 'base64')))
    return refused('signature-wrong');
  // Told only to a holder of the key: its clock is off.
  const life = SIGNATURE_LIFE_SECONDS * 1000;
  if (Math.abs(now - created * 1000) > life) return refused('clock-skew');
  return accepted({ hall: found.hall, keyId, nonce, nonceUntil: created * 1000 + 2 * life });
}

/** The text that was signed; undefined when a component has no value. */
function signatureBase(
  request: SignedRequest,
  components: readonly string[],
  signatureParams: string,
  digest: string,
  version: string,
): string | undefined {
  const mark = request.url.indexOf('?');
  const values: Readonly<Record<string, string>> = {
    '@method': request.method,
    '@path': mark < 0 ? request.url : request.url.slice(0, mark),
    '@query': mark < 0 ? '?' : request.url.slice(mark),
    'content-digest': digest,
    [PROTOCOL_HEADER]: version,
  };
  const lines: string[] = [];
  for (const name of components) {
    const value = values[name];
    if (value === undefined) return undefined;
    lines.push(`"${name}": ${value}`);
  }
  return [...lines, `"@signature-params": ${signatureParams}`].join('\n');
}

function digestFits(header: string, body: Uint8Array): boolean {
  const given = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]+=*):\s*(?:,|$)/.exec(header);
  if (given === null) return false;
  const theirs = Buffer.from(given[1] ?? '', 'base64');
  const ours = createHash('sha256').update(body).digest();
  return theirs.length === ours.length && timingSafeEqual(theirs, ours);
}

function only(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.trim() : undefined;
}
