import {
  X509Certificate,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  webcrypto,
} from 'node:crypto';
import type { UnixMillis } from '../../contract/ports.ts';

/**
 * X.509 certificates (RFC 5280) made by @peculiar/x509 over Node's webcrypto: ECDSA on P-256 with
 * SHA-256. The library is loaded when a certificate is made and not before: 20 MB that a broker
 * whose certificates are in order never needs. Reading is Node's own X509Certificate.
 */

type X509 = typeof import('@peculiar/x509');
/** The library's types name the browser's CryptoKey, which only part of our code knows; Node's is of the same shape. */
interface Generator {
  create(params: object): Promise<{ toString(format: 'pem'): string }>;
}
type WebCrypto = Extract<Parameters<X509['cryptoProvider']['set']>[0], object>;

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export interface Signer {
  /** PKCS #8 in PEM. */
  readonly key: string;
  /** The signer's certificate in PEM. */
  readonly certificate: string;
}

/** What a certificate is for; decides its extensions. */
export type Purpose =
  /** Signs others; `below` = how many authorities may stand between it and a leaf. */
  | { readonly kind: 'authority'; readonly below: 0 | 1 }
  /** Names and addresses a server may be called by (subjectAltName). */
  | { readonly kind: 'server'; readonly hosts: readonly string[] }
  | { readonly kind: 'client' };

export interface Wanted {
  /** commonName. */
  readonly name: string;
  /** 16 random bytes; the top bits are set so that the number is positive and 16 bytes long. */
  readonly serial: Uint8Array;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  readonly notBefore: UnixMillis;
  readonly notAfter: UnixMillis;
  readonly purpose: Purpose;
  /** undefined = self-signed with `key`. */
  readonly signer: Signer | { readonly key: string };
}

/** A new P-256 key pair: private PKCS #8 and public SPKI, both PEM. */
export function newKeyPair(): { readonly key: string; readonly publicKey: string } {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { key: pair.privateKey, publicKey: pair.publicKey };
}

/** The certificate in PEM. @throws when `publicKey` is not a P-256 key. */
export async function makeCertificate(wanted: Wanted): Promise<string> {
  const x509 = await loadX509();
  const publicKey = new x509.PublicKey(p256(wanted.publicKey));
  const issuer =
    'certificate' in wanted.signer ? new x509.X509Certificate(wanted.signer.certificate) : undefined;
  const { purpose } = wanted;
  const authority = purpose.kind === 'authority';
  const certificate = await (x509.X509CertificateGenerator as unknown as Generator).create({
    serialNumber: serialHex(wanted.serial),
    subject: [{ CN: [wanted.name] }],
    issuer: issuer?.subjectName ?? [{ CN: [wanted.name] }],
    notBefore: new Date(wanted.notBefore),
    notAfter: new Date(wanted.notAfter),
    publicKey,
    signingKey: createPrivateKey(wanted.signer.key).toCryptoKey(ECDSA, false, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(authority, authority ? purpose.below : undefined, true),
      new x509.KeyUsagesExtension(
        authority
          ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
          : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      ...(issuer === undefined ? [] : [await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey)]),
      ...(authority
        ? []
        : [
            new x509.ExtendedKeyUsageExtension([
              purpose.kind === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
            ]),
          ]),
      ...(purpose.kind === 'server'
        ? [
            new x509.SubjectAlternativeNameExtension(
              purpose.hosts.map((host) => ({
                type: isAddress(host) ? ('ip' as const) : ('dns' as const),
                value: host,
              })),
            ),
          ]
        : []),
    ],
  });
  return `${certificate.toString('pem').trimEnd()}\n`;
}

/** Serial numbers as Node prints them: upper-case hex. */
export function serialHex(bytes: Uint8Array): string {
  const own = Buffer.from(bytes.slice(0, 16));
  own[0] = ((own[0] ?? 0) & 0x3f) | 0x40;
  return own.toString('hex').toUpperCase();
}

/** SHA-256 of the certificate, hex without colons: names an authority without doubt. */
export function fingerprint(certificate: string | X509Certificate): string {
  const parsed = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  return parsed.fingerprint256.replaceAll(':', '').toLowerCase();
}

export function validity(certificate: string | X509Certificate): { from: UnixMillis; to: UnixMillis } {
  const parsed = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  return { from: parsed.validFromDate.getTime(), to: parsed.validToDate.getTime() };
}

export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

/** The key in DER; nothing but a P-256 key is ever certified. */
function p256(pem: string): Buffer<ArrayBuffer> {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('the public key is not on P-256');
  return Buffer.from(key.export({ type: 'spki', format: 'der' }));
}

/** The library's injector asks `Reflect` for the metadata of its own classes; these three functions are all it uses of it. */
function giveReflectMetadata(): void {
  if ('getMetadata' in Reflect) return;
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  const get = (key: unknown, target: object): unknown => kept.get(target)?.get(key);
  Object.assign(Reflect, {
    getMetadata: get,
    getOwnMetadata: get,
    defineMetadata: (key: unknown, value: unknown, target: object) => {
      const of = kept.get(target) ?? new Map<unknown, unknown>();
      of.set(key, value);
      kept.set(target, of);
    },
  });
}

async function loadX509(): Promise<X509> {
  giveReflectMetadata();
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as unknown as WebCrypto);
  return x509;
}
