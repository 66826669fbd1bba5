import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerTls } from '../../contract/config.ts';
import type { Clock, Millis, Random, UnixMillis } from '../../contract/ports.ts';
import { writeWhole } from '../whole-file.ts';
import { fingerprint, isAddress, makeCertificate, newKeyPair, serialHex, validity } from './x509.ts';
import type { Signer } from './x509.ts';

/**
 * The certificate authority of one broker, in `<dataDir>/tls/`:
 *
 * | file | holds | mode |
 * |---|---|---|
 * | `ca.key` | the authority's private key and certificate, together so that they cannot come apart | 0600 |
 * | `ca-previous.pem` | while two authorities overlap: the old one, and the new one certified by the old | 0600 |
 * | `ca.pem` | what clients must trust: the authority, during the overlap the old one too | 0644 |
 * | `server.pem` | the listener's private key, its certificate and what leads to the old authority | 0600 |
 *
 * After a rotation the listener shows its new certificate with the new authority certified by the
 * old one: clients with either `ca.pem` find a way to something they trust. The end of the overlap
 * is the end of that cross certificate.
 */
export interface Authority {
  /** What a TLS listener needs, in PEM. `ca` are the authorities that may have issued client certificates. */
  material(): { readonly key: string; readonly cert: string; readonly ca: string };
  /** Path of the bundle that clients must trust. */
  readonly bundleFile: string;
  /** Certifies a client's key; the common name is the client id. */
  certify(client: string, publicKey: string): Promise<Certified>;
  /** A new authority; the old one stays trusted for `overlap` milliseconds (0 = all before it end now). @throws during an overlap, unless `overlap` is 0. */
  rotate(overlap: Millis): Promise<Tended>;
  /** Ends an overlap now. */
  finish(): Promise<Tended>;
  /** A new server certificate, now. */
  renewServer(): Promise<Tended>;
  /** Does what the time asks for: renews the server certificate in its last third, ends an overlap. Call at start and often. */
  tend(): Promise<Tended>;
  status(): AuthorityStatus;
}

export interface Certified {
  readonly certificate: string;
  readonly serial: string;
  /** Fingerprint of the authority that issued it. */
  readonly issuer: string;
  readonly notAfter: UnixMillis;
}

export interface Tended {
  /** The listener must take `material()` anew. */
  readonly changed: boolean;
  /** Fingerprints of authorities that are no longer trusted. */
  readonly dropped: readonly string[];
}

export interface AuthorityStatus {
  readonly authority: string;
  readonly authorityEnds: UnixMillis;
  readonly serverEnds: UnixMillis;
  /** While two authorities overlap. */
  readonly previous?: { readonly authority: string; readonly ends: UnixMillis };
}

const DAY: Millis = 24 * 3_600_000;
/** An authority outlives the box; it ends by rotation. */
const AUTHORITY_DAYS = 20 * 365;
/** Certificates begin a little in the past: the clocks of devices are not exact. */
const BACKDATED: Millis = 10 * 60_000;
/** Before this the clock is certainly wrong, and what it dates would be of no use later. */
const EARLIEST: UnixMillis = Date.UTC(2026, 0, 1);
const ALWAYS_HOSTS = ['localhost', '127.0.0.1', '::1'];

interface Server {
  readonly key: string;
  /** Leaf first, then the cross certificate if there is one. */
  readonly chain: readonly string[];
}

interface Previous {
  readonly certificate: string;
  readonly cross: string;
}

/**
 * Opens the authority, making it at first start.
 * @throws when the clock is before 2026 and nothing has been made yet, or a file is not what it must be.
 */
export async function openAuthority(options: {
  readonly hall: number;
  readonly dataDir: string;
  readonly tls: BrokerTls;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
}): Promise<Authority> {
  const { clock, random, tls } = options;
  const folder = join(options.dataDir, 'tls');
  const files = {
    ca: join(folder, 'ca.key'),
    previous: join(folder, 'ca-previous.pem'),
    bundle: join(folder, 'ca.pem'),
    server: join(folder, 'server.pem'),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const hosts = [...new Set([...ALWAYS_HOSTS, ...tls.hosts])];
  const serial = (): Uint8Array => random.bytes(16);

  const newAuthority = async (): Promise<Signer & { publicKey: string }> => {
    const now = clock.now();
    if (now < EARLIEST)
      throw new Error(
        `the clock says ${new Date(now).toISOString()}: set it before the broker makes its certificates`,
      );
    const pair = newKeyPair();
    const number = serial();
    const certificate = await makeCertificate({
      name: `Union hall ${String(options.hall)} MQTT ${serialHex(number).slice(-8)}`,
      serial: number,
      publicKey: pair.publicKey,
      notBefore: now - BACKDATED,
      notAfter: now + AUTHORITY_DAYS * DAY,
      purpose: { kind: 'authority', below: 1 },
      signer: { key: pair.key },
    });
    return { ...pair, certificate };
  };
  const saveAuthority = (signer: Signer): void => {
    writeWhole(files.ca, signer.key + signer.certificate);
  };

  let current = await readOrMake(files.ca, async () => {
    const made = await newAuthority();
    saveAuthority(made);
    return made;
  });
  let previous = readPrevious(files.previous, current);
  let server = readServer(files.server);

  const newServer = async (): Promise<void> => {
    const now = clock.now();
    const pair = newKeyPair();
    const leaf = await makeCertificate({
      name: tls.hosts[0] ?? 'localhost',
      serial: serial(),
      publicKey: pair.publicKey,
      notBefore: now - BACKDATED,
      notAfter: now + tls.serverDays * DAY,
      purpose: { kind: 'server', hosts },
      signer: current,
    });
    server = { key: pair.key, chain: [leaf] };
  };
  /** Puts the files in the state that `current`, `previous` and `server` ask for. */
  const save = (): boolean => {
    const chain = [...(server?.chain.slice(0, 1) ?? []), ...(previous === undefined ? [] : [previous.cross])];
    if (server !== undefined) server = { ...server, chain };
    const wrote = [
      writeIfChanged(files.bundle, current.certificate + (previous?.certificate ?? ''), 0o644),
      writeIfChanged(files.server, (server?.key ?? '') + chain.join(''), 0o600),
    ];
    return wrote.includes(true);
  };
  const serverIsDue = (): boolean => {
    const leaf = server?.chain[0];
    if (leaf === undefined) return true;
    const parsed = new X509Certificate(leaf);
    const { from, to } = validity(parsed);
    const now = clock.now();
    return (
      now >= to - (to - from) / 3 ||
      now < from ||
      !parsed.verify(new X509Certificate(current.certificate).publicKey) ||
      !hosts.every((host) => parsed[isAddress(host) ? 'checkIP' : 'checkHost'](host) !== undefined)
    );
  };
  const endOverlap = (): string[] => {
    if (previous === undefined) return [];
    const dropped = fingerprint(previous.certificate);
    previous = undefined;
    rmSync(files.previous, { force: true });
    return [dropped];
  };
  const tend = async (): Promise<Tended> => {
    const over = previous !== undefined && clock.now() >= validity(previous.cross).to;
    const dropped = over ? endOverlap() : [];
    if (serverIsDue()) await newServer();
    return { changed: save(), dropped };
  };
  await tend();

  return {
    bundleFile: files.bundle,
    material: () => ({
      key: server?.key ?? '',
      cert: server?.chain.join('') ?? '',
      ca: current.certificate + (previous?.certificate ?? ''),
    }),
    async certify(client, publicKey) {
      const number = serial();
      const notAfter = clock.now() + tls.clientDays * DAY;
      const certificate = await makeCertificate({
        name: client,
        serial: number,
        publicKey,
        notBefore: clock.now() - BACKDATED,
        notAfter,
        purpose: { kind: 'client' },
        signer: current,
      });
      return { certificate, serial: serialHex(number), issuer: fingerprint(current.certificate), notAfter };
    },
    async rotate(overlap) {
      if (previous !== undefined && overlap > 0) {
        const ends = new Date(validity(previous.cross).to).toISOString();
        throw new Error(`two authorities overlap until ${ends}; end that first (rotate-ca --finish)`);
      }
      const old = current;
      const dropped = overlap > 0 ? [] : [...endOverlap(), fingerprint(old.certificate)];
      const made = await newAuthority();
      if (overlap > 0) {
        const now = clock.now();
        const cross = await makeCertificate({
          name: new X509Certificate(made.certificate).subject.replace(/^CN=/, ''),
          serial: serial(),
          publicKey: made.publicKey,
          notBefore: now - BACKDATED,
          notAfter: now + overlap,
          purpose: { kind: 'authority', below: 0 },
          signer: old,
        });
        previous = { certificate: old.certificate, cross };
        // Before the new key: a crash between the two leaves a file that names the current authority, which is ignored.
        writeWhole(files.previous, old.certificate + cross);
      }
      saveAuthority(made);
      current = made;
      await newServer();
      save();
      return { changed: true, dropped };
    },
    finish: () => {
      const dropped = endOverlap();
      return Promise.resolve({ changed: save(), dropped });
    },
    async renewServer() {
      await newServer();
      return { changed: save(), dropped: [] };
    },
    tend,
    status: () => ({
      authority: fingerprint(current.certificate),
      authorityEnds: validity(current.certificate).to,
      serverEnds: validity(server?.chain[0] ?? current.certificate).to,
      ...(previous === undefined
        ? {}
        : { previous: { authority: fingerprint(previous.certificate), ends: validity(previous.cross).to } }),
    }),
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g;
const PRIVATE_KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/;

async function readOrMake(file: string, make: () => Promise<Signer>): Promise<Signer> {
  if (!existsSync(file)) return make();
  chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8');
  const key = PRIVATE_KEY.exec(text)?.[0];
  const [certificate] = text.match(CERTIFICATE) ?? [];
  if (key === undefined || certificate === undefined)
    throw new Error(`${file}: not a private key with its certificate; restore it from a backup`);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
    throw new Error(`${file}: the key is not the certificate's; restore it from a backup`);
  return { key, certificate };
}

/** undefined when there is none, or the file is left from a rotation that did not come to its end. */
function readPrevious(file: string, current: Signer): Previous | undefined {
  if (!existsSync(file)) return undefined;
  const [certificate, cross] = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
  const fits =
    certificate !== undefined &&
    cross !== undefined &&
    new X509Certificate(cross).publicKey.equals(new X509Certificate(current.certificate).publicKey);
  if (fits) return { certificate, cross };
  rmSync(file);
  return undefined;
}

function readServer(file: string): Server | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const key = PRIVATE_KEY.exec(text)?.[0];
  const chain = text.match(CERTIFICATE) ?? [];
  return key === undefined || chain.length === 0 ? undefined : { key, chain };
}

function writeIfChanged(file: string, text: string, mode: number): boolean {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  writeWhole(file, text, mode);
  return true;
}
