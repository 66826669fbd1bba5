import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { connect } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import type { Broker, BrokerOptions } from '../../broker/broker.ts';
import { enrolConfigured } from '../../broker/enrol.ts';
import { newKeyPair } from '../../broker/tls/x509.ts';
import { BrokerTls } from '../../contract/config.ts';
import type { Clock } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { hasMosquitto, listen, publishOnce, run } from '../support/mosquitto.ts';
import type { Identity } from '../support/mosquitto.ts';

/** TLS judged from outside: OpenSSL's own client and Debian's mosquitto speak, not our library. */
const own = (device: string, channel: string): string => `hall/7/dev/${device}/${channel}`;
const DAY = 24 * 3_600_000;

let folder: string;
let broker: Broker;
let cleanUp: (() => unknown)[];
/** What the broker's clock is ahead of the machine's, in ms. */
let shift: number;
let hourly: (() => void)[];

/** The machine's clock moved by `shift`; the hourly look at the certificates is run by hand. */
const clock: Clock = {
  now: () => systemClock.now() + shift,
  monotonic: () => systemClock.monotonic(),
  after: (delay, act) => {
    if (delay !== 3_600_000) return systemClock.after(delay, act);
    hourly.push(act);
    return () => undefined;
  },
};

async function start(
  limits: BrokerOptions['limits'] = {},
  tls: Partial<BrokerTls> = {},
  at = shift,
): Promise<void> {
  shift = at;
  broker = await startBroker({
    config: {
      hall: 7,
      dataDir: folder,
      host: '127.0.0.1',
      port: 0,
      tls: BrokerTls.parse({ port: 0, hosts: ['hall-7.example.org', '192.168.7.1'], ...tls }),
    },
    clock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
    limits,
  });
}

function secure(): NonNullable<Broker['secure']> {
  if (broker.secure === undefined) throw new Error('the broker has no TLS side');
  return broker.secure;
}

/** Copy of the bundle that clients trust now. */
function bundle(name = 'trusted'): string {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, readFileSync(secure().bundleFile));
  return file;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 8_000;
  while (!holds()) {
    if (systemClock.monotonic() > end)
      throw new Error(`it did not come to hold: ${what}; ${JSON.stringify(broker.counters().refusedBy)}`);
    await sleep(systemClock, 5);
  }
}

async function runHourly(): Promise<void> {
  const [due] = hourly.splice(0);
  if (due === undefined) throw new Error('nothing was planned for the hour');
  due();
  await until('planned again', () => hourly.length === 1);
}

async function withSecret(id: string, ca: string): Promise<Identity> {
  return { id, user: id, secret: await broker.issue(id, { kind: 'device', device: id }), tls: { ca } };
}

async function withCertificate(id: string, ca: string): Promise<Identity & { cert: string; key: string }> {
  const pair = newKeyPair();
  const made = await broker.enrol(id, { kind: 'device', device: id }, pair.publicKey);
  if (!('certificate' in made)) throw new Error('no certificate');
  const [cert, key] = [join(folder, `${id}.crt`), join(folder, `${id}.key`)];
  writeFileSync(cert, made.certificate);
  writeFileSync(key, pair.key);
  return { id, cert, key, tls: { ca, cert, key } };
}

/** `openssl s_client`, which shakes hands and leaves. */
function openssl(...args: string[]): ReturnType<typeof run> {
  const port = String(secure().port);
  return run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
}

/** A bare TLS socket that sends `bytes`; `closed` when the broker ended it. */
function rawTls(bytes?: Uint8Array): { socket: TLSSocket; got: () => Buffer; closed: Promise<void> } {
  const socket = connectTls({
    host: '127.0.0.1',
    port: secure().port,
    ca: readFileSync(secure().bundleFile),
  });
  const parts: Buffer[] = [];
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => undefined);
  if (bytes !== undefined) socket.once('secureConnect', () => socket.write(bytes));
  cleanUp.push(() => socket.destroy());
  return { socket, got: () => Buffer.concat(parts), closed };
}

/** CONNECT of clause 3.1: clean session, keep-alive 60 s, user name and password. */
function connectPacket({ id, secret = '' }: Identity): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(0, value.length), Buffer.from(value)]);
  const fixed = Buffer.concat([text('MQTT'), Buffer.of(4, 0b1100_0010, 0, 60)]);
  const body = Buffer.concat([fixed, text(id), text(id), text(secret)]);
  return Buffer.concat([Buffer.of(0x10, body.length), body]);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broker-tls-'));
  cleanUp = [];
  hourly = [];
  shift = 0;
});
afterEach(async () => {
  for (const each of cleanUp.reverse()) await each();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasMosquitto)('who may speak over TLS', () => {
  test('[BR30] TLS 1.2 and 1.3 with a chain that OpenSSL verifies under every configured name; keys for their owner only', async () => {
    await start();
    const ca = bundle();
    for (const version of ['-tls1_2', '-tls1_3'])
      for (const name of [
        ['-verify_hostname', 'localhost'],
        ['-verify_hostname', 'hall-7.example.org'],
        ['-verify_ip', '192.168.7.1'],
        ['-verify_ip', '127.0.0.1'],
      ]) {
        const { code, out } = await openssl(version, '-CAfile', ca, '-verify_return_error', ...name);
        expect(out, `${version} ${name.join(' ')}`).toContain('Verify return code: 0 (ok)');
        expect(code).toBe(0);
      }
    const wrongName = await openssl('-CAfile', ca, '-verify_return_error', '-verify_hostname', 'example.org');
    expect(wrongName.out).toContain('hostname mismatch');
    for (const [file, mode] of [
      ['ca.key', 0o600],
      ['server.pem', 0o600],
    ] as const)
      expect(statSync(join(folder, 'tls', file)).mode & 0o777, file).toBe(mode);
    const shown = await run('openssl', ['x509', '-in', join(folder, 'tls', 'ca.key'), '-noout', '-text']);
    expect(shown.out).toMatch(/CA:TRUE, pathlen:1/);
    expect(shown.out).toMatch(/Public-Key: \(256 bit\)[\s\S]*prime256v1/);
    expect(shown.out).toContain('ecdsa-with-SHA256');
  });

  test('[BR30] TLS 1.1, plain MQTT and a client that trusts another authority are turned away and counted', async () => {
    await start();
    const ca = bundle();
    const old = await openssl('-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0', '-CAfile', ca);
    expect(old.code).not.toBe(0);
    expect(old.out).toMatch(/protocol version|unsupported protocol/);
    await until('counted', () => broker.counters().refusedBy['tls-version'] === 1);

    const known = await withSecret('bank-1', ca);
    const { tls: _none, ...plain } = known;
    expect((await publishOnce(secure().port, plain, own('bank-1', 'event'), 'x')).code).not.toBe(0);
    await until('counted', () => broker.counters().refusedBy['tls-plain-text'] === 1);

    const foreign = join(folder, 'foreign.pem');
    const made = await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', '/CN=Another', '-days', '2', '-keyout', join(folder, 'foreign.key'), '-out', foreign],
    ]);
    expect(made.code, made.out).toBe(0);
    const misled = await publishOnce(
      secure().port,
      { ...known, tls: { ca: foreign } },
      own('bank-1', 'event'),
      'x',
    );
    expect(misled.code).not.toBe(0);
    await until('counted', () => broker.counters().refusedBy['tls-handshake'] === 1);
    // The same client, trusting the right one, is let in.
    expect((await publishOnce(secure().port, known, own('bank-1', 'event'), 'x')).code).toBe(0);
    expect(
      (await publishOnce(secure().port, { ...known, secret: 'no' }, own('bank-1', 'event'), 'x')).out,
    ).toMatch(/bad user name or password/);
  });

  test('[BR32] a certificate stands for the password, under its own name only, with that client’s rights and no more', async () => {
    await start();
    const ca = bundle();
    const hall = await withSecret('watch', ca);
    const who = await withCertificate('bank-1', ca);
    await withSecret('bank-2', ca);
    const listener = await listen(secure().port, who, [own('bank-1', 'cmd')]);
    cleanUp.push(() => listener.stop());
    expect(broker.clients()).toEqual(['bank-1']);
    await listener.stop();
    const say = (identity: Identity, topic: string): ReturnType<typeof run> =>
      publishOnce(secure().port, identity, topic, 'x');
    expect((await say(who, own('bank-1', 'event'))).code).toBe(0);
    expect((await say(who, own('bank-2', 'event'))).code).not.toBe(0);
    expect(broker.counters().deniedPublishBy['not-granted']).toBe(1);

    const other = await withCertificate('bank-3', ca);
    expect((await say({ ...other, id: 'bank-2' }, own('bank-2', 'event'))).out).toMatch(
      /identifier rejected/,
    );
    expect((await say({ ...other, user: 'bank-2' }, own('bank-3', 'event'))).out).toMatch(
      /identifier rejected/,
    );
    // Even with somebody else's right password, the connection is its certificate's.
    expect((await say({ ...hall, tls: other.tls ?? { ca } }, own('watch', 'event'))).out).toMatch(
      /identifier rejected/,
    );
    expect(broker.counters().refusedBy['certificate-name']).toBe(3);
    expect((await say({ ...other, user: 'bank-3' }, own('bank-3', 'event'))).code).toBe(0);
  });

  test('[BR32] a certificate of another authority, expired, revoked, replaced, or unknown to the list is refused and counted', async () => {
    // Made a day and a bit ago for one day: OpenSSL itself sees that it has ended.
    await start({}, { clientDays: 1 }, -1.5 * DAY);
    const ca = bundle();
    const say = (identity: Identity): ReturnType<typeof run> =>
      publishOnce(secure().port, identity, own(identity.id, 'event'), 'x');
    const expired = await withCertificate('bank-1', ca);
    await broker.stop();
    await start({}, {}, 0);
    expect((await say(expired)).code).not.toBe(0);
    expect(broker.counters().refusedBy['certificate-expired']).toBe(1);

    const good = await withCertificate('bank-2', ca);
    expect((await say(good)).code).toBe(0);
    const before = { cert: `${good.cert}.old`, key: `${good.key}.old` };
    writeFileSync(before.cert, readFileSync(good.cert));
    writeFileSync(before.key, readFileSync(good.key));
    const open = await listen(secure().port, good, [own('bank-2', 'cmd')]);
    cleanUp.push(() => open.stop('SIGKILL'));
    const replaced = await withCertificate('bank-2', ca);
    await until('the connection of the old certificate ends', () => broker.clients().length === 0);
    await open.stop('SIGKILL');
    expect((await say(replaced)).code).toBe(0);
    expect((await say({ id: 'bank-2', tls: { ca, ...before } })).out).toMatch(/not authorised/);
    await broker.revoke('bank-2');
    expect((await say(replaced)).out).toMatch(/not authorised/);
    expect(broker.counters().refusedBy['certificate-revoked']).toBe(2);

    // Signed by somebody else, who even took our authority's name.
    const subject = await run('openssl', ['x509', '-in', ca, '-noout', '-subject']);
    const name = subject.out.trim().replace(/^subject=\s*CN = /, '/CN=');
    const evil = join(folder, 'evil');
    for (const args of [
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        name,
      ].concat(['-days', '2', '-keyout', `${evil}.cakey`, '-out', `${evil}.ca`]),
      [
        'req',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=bank-2',
      ].concat(['-keyout', `${evil}.key`, '-out', `${evil}.csr`]),
      [
        'x509',
        '-req',
        '-in',
        `${evil}.csr`,
        '-CA',
        `${evil}.ca`,
        '-CAkey',
        `${evil}.cakey`,
        '-days',
        '2',
      ].concat(['-CAcreateserial', '-out', `${evil}.crt`]),
    ]) {
      const { code, out } = await run('openssl', args);
      expect(code, out).toBe(0);
    }
    await withSecret('bank-2', ca);
    const forged = { id: 'bank-2', tls: { ca, cert: `${evil}.crt`, key: `${evil}.key` } };
    expect((await say(forged)).code).not.toBe(0);
    expect(broker.counters().refusedBy['certificate-unknown']).toBe(1);

    // Signed by our own authority, but never entered in the list: the list decides.
    const pair = newKeyPair();
    const unlisted = await secure().certify('bank-2', pair.publicKey);
    writeFileSync(join(folder, 'unlisted.crt'), unlisted.certificate);
    writeFileSync(join(folder, 'unlisted.key'), pair.key);
    const stray = { ca, cert: join(folder, 'unlisted.crt'), key: join(folder, 'unlisted.key') };
    expect((await say({ id: 'bank-2', tls: stray })).out).toMatch(/not authorised/);
    expect(broker.counters().refusedBy['certificate-revoked']).toBe(3);
  });
});

describe.skipIf(!hasMosquitto)('certificates that end', () => {
  const serialOf = async (): Promise<string> => {
    const { out } = await openssl('-showcerts');
    const [leaf = ''] = /-----BEGIN[^]+?END CERTIFICATE-----/.exec(out) ?? [];
    writeFileSync(join(folder, 'leaf.pem'), leaf);
    return (await run('openssl', ['x509', '-in', join(folder, 'leaf.pem'), '-noout', '-serial'])).out.trim();
  };

  test('[BR31] the server certificate renews itself in its last third, and nobody who is connected notices', async () => {
    await start({}, { serverDays: 90 }, -65 * DAY);
    const ca = bundle();
    const hall = {
      id: 'hall',
      user: 'hall',
      secret: await broker.issue('hall', { kind: 'hall' }),
      tls: { ca },
    };
    const device = await withSecret('bank-1', ca);
    const open = await listen(secure().port, hall, [own('bank-1', 'event')]);
    cleanUp.push(() => open.stop());
    const first = await serialOf();
    shift = -31 * DAY;
    await runHourly();
    expect(await serialOf()).toBe(first);
    shift = 0;
    await runHourly();
    expect(await serialOf()).not.toBe(first);
    expect((await openssl('-CAfile', ca, '-verify_return_error')).out).toContain(
      'Verify return code: 0 (ok)',
    );
    expect((await publishOnce(secure().port, device, own('bank-1', 'event'), 'still there')).code).toBe(0);
    await open.heard(`${own('bank-1', 'event')} still there 0`);
    expect(broker.clients()).toEqual(['hall']);
    expect(broker.counters().connections).toBeGreaterThan(2);
  });

  test('[BR31] during the overlap of two authorities both bundles and both kinds of certificates are good; after it only the new', async () => {
    await start({}, { overlapDays: 30 }, -20 * DAY);
    const oldCa = bundle('old');
    const oldOne = await withCertificate('bank-1', oldCa);
    const open = await listen(secure().port, oldOne, [own('bank-1', 'cmd')]);
    cleanUp.push(() => open.stop('SIGKILL'));
    await secure().rotateAuthority(30);
    const newCa = bundle('new');
    expect(readFileSync(newCa, 'utf8').match(/BEGIN CERT/g)).toHaveLength(2);
    expect(readFileSync(newCa, 'utf8')).toContain(readFileSync(oldCa, 'utf8').trim());
    const newOnly = join(folder, 'new-only.pem');
    writeFileSync(
      newOnly,
      /-----BEGIN[^]+?END CERTIFICATE-----\n/.exec(readFileSync(newCa, 'utf8'))?.[0] ?? '',
    );
    expect(broker.clients()).toEqual(['bank-1']);
    const newOne = await withCertificate('bank-2', newCa);
    const verify = async (ca: string): Promise<string> =>
      (await openssl('-CAfile', ca, '-no-CApath', '-no-CAstore')).out;
    for (const ca of [oldCa, newCa, newOnly]) {
      expect(await verify(ca), ca).toContain('Verify return code: 0 (ok)');
      for (const who of [{ ...oldOne, id: 'bank-1' }, newOne]) {
        const tls = { ca, cert: who.cert, key: who.key };
        // bank-1's own open connection would be taken over; it comes back by itself.
        const said = await publishOnce(secure().port, { id: who.id, tls }, own(who.id, 'event'), 'x');
        expect(said.code, `${who.id} ${ca}: ${said.out}`).toBe(0);
      }
    }
    await expect(secure().rotateAuthority(30)).rejects.toThrow(/overlap until/);

    // A restart in the middle changes nothing.
    await open.stop('SIGKILL');
    await broker.stop();
    hourly = [];
    await start({}, { overlapDays: 30 });
    expect(await verify(oldCa)).toContain('Verify return code: 0 (ok)');
    const again = await listen(secure().port, oldOne, [own('bank-1', 'cmd')]);
    cleanUp.push(() => again.stop('SIGKILL'));

    shift = 11 * DAY;
    await runHourly();
    await until('the connection by the old authority ends', () => broker.clients().length === 0);
    await again.stop('SIGKILL');
    expect(readFileSync(secure().bundleFile, 'utf8').match(/BEGIN CERT/g)).toHaveLength(1);
    expect(await verify(oldCa)).not.toContain('Verify return code: 0 (ok)');
    expect(await verify(newOnly)).toContain('Verify return code: 0 (ok)');
    const say = (identity: Identity): ReturnType<typeof run> =>
      publishOnce(secure().port, identity, own(identity.id, 'event'), 'x');
    expect(
      (await say({ ...oldOne, tls: { ca: newOnly, cert: oldOne.cert, key: oldOne.key } })).code,
    ).not.toBe(0);
    expect((await say(newOne)).code).toBe(0);
    expect(broker.counters().refusedBy['certificate-unknown']).toBe(1);
  });

  test('[BR31] an authority whose key is lost ends at once: nothing it signed is good any more, also within an overlap', async () => {
    await start();
    const first = await withCertificate('bank-1', bundle());
    await secure().rotateAuthority(30);
    await secure().rotateAuthority(0);
    const ca = bundle('now');
    expect(readFileSync(ca, 'utf8').match(/BEGIN CERT/g)).toHaveLength(1);
    const tls = { ca, cert: first.cert, key: first.key };
    expect(
      (await publishOnce(secure().port, { id: 'bank-1', tls }, own('bank-1', 'event'), 'x')).code,
    ).not.toBe(0);
    const fresh = await withCertificate('bank-1', ca);
    expect((await publishOnce(secure().port, fresh, own('bank-1', 'event'), 'x')).code).toBe(0);
  });
});

describe('guards hold on TLS too', () => {
  test('[BR33] the plain listener stays on loopback; the TLS listener may bind outside', async () => {
    await expect(
      startBroker({
        config: { hall: 7, dataDir: folder, host: '0.0.0.0', port: 0, tls: BrokerTls.parse({ port: 0 }) },
        clock,
        random: systemRandom,
        ids: systemIds,
        log: () => undefined,
      }),
    ).rejects.toThrow(/TLS/);
    await start({}, { host: '0.0.0.0' });
    expect((await openssl('-CAfile', bundle())).out).toContain('Verify return code: 0 (ok)');
  });

  test('[BR33] a packet announced too large, another packet first, no CONNECT, no handshake: closed and counted', async () => {
    await start({ connectTimeout: 400 });
    const who = await withSecret('bank-1', bundle());
    // CONNECT that announces 256 MB, then a PUBLISH before CONNECT.
    await rawTls(Buffer.of(0x10, 0xff, 0xff, 0xff, 0x7f)).closed;
    await rawTls(Buffer.of(0x30, 2, 0, 0)).closed;
    expect(broker.counters().refusedBy).toMatchObject({ 'packet-too-large': 1, 'not-connect-first': 1 });
    // After CONNECT the device's own limit of 64 KiB holds.
    const large = rawTls(Buffer.concat([connectPacket(who), Buffer.of(0x30, 0x81, 0x80, 0x08)]));
    await large.closed;
    expect(broker.counters().refusedBy['packet-too-large']).toBe(2);
    await rawTls().closed;
    const silent = createConnection({ host: '127.0.0.1', port: secure().port });
    await new Promise((resolve) => silent.once('close', resolve));
    expect(broker.counters().refusedBy['tls-timeout']).toBe(1);
    expect(broker.clients()).toEqual([]);
  });

  test('[BR33] caps and buckets are one for both listeners, and hold before a handshake', async () => {
    await start({ connections: 3, connectBurst: 5, connectsPerSecond: 0 });
    const plain = createConnection({ host: '127.0.0.1', port: broker.port });
    cleanUp.push(() => plain.destroy());
    const held = [rawTls(), rawTls()];
    await until('three open', () => broker.counters().connections === 3);
    await rawTls().closed;
    expect(broker.counters().refusedBy['too-many-connections']).toBe(1);
    for (const each of held) each.socket.destroy();
    plain.destroy();
    await sleep(systemClock, 200);
    // The bucket held five; a socket that found the house full took none.
    const more = [rawTls(), rawTls()];
    await until('five were let in', () => broker.counters().connections === 5);
    await rawTls().closed;
    expect(broker.counters().refusedBy['connect-rate']).toBe(1);
    for (const each of more) each.socket.destroy();
  });

  test('[BR33] a TLS subscriber that does not read is cut off; the others hear everything', async () => {
    await start({ drainTimeout: 1_000 });
    const ca = readFileSync(secure().bundleFile);
    const password = await broker.issue('hall', { kind: 'hall' });
    const url = `mqtts://127.0.0.1:${String(secure().port)}`;
    const fixed = { protocolVersion: 4, reconnectPeriod: 0, ca } as const;
    const talker = connect(url, { ...fixed, clientId: 'hall', username: 'hall', password });
    cleanUp.push(() => talker.endAsync(true));
    const deaf = await withSecret('deaf', bundle());
    const name = Buffer.from('hall/7/time');
    const subscribe = Buffer.concat([
      Buffer.of(0x82, name.length + 5, 0, 1, 0, name.length),
      name,
      Buffer.of(0),
    ]);
    const stuck = rawTls(Buffer.concat([connectPacket(deaf), subscribe]));
    await until('SUBACK', () => stuck.got().length >= 9);
    stuck.socket.pause();
    const secret = (await withSecret('reader', bundle())).secret ?? '';
    const reader = connect(url, { ...fixed, clientId: 'reader', username: 'reader', password: secret });
    cleanUp.push(() => reader.endAsync(true));
    let heard = 0;
    reader.on('message', () => {
      heard += 1;
    });
    await reader.subscribeAsync('hall/7/time');
    const ROUNDS = 400;
    for (let index = 0; index < ROUNDS; index += 1)
      await talker.publishAsync('hall/7/time', Buffer.alloc(60_000), { qos: 0 });
    await until('all heard', () => heard === ROUNDS);
    await until('the deaf one is gone', () => !broker.clients().includes('deaf'));
    expect(broker.clients().toSorted()).toEqual(['hall', 'reader']);
  });
});

describe.skipIf(!hasMosquitto)('commands to a broker, running or not', () => {
  const MAIN = join(import.meta.dirname, '..', '..', 'broker', 'broker.main.ts');
  const command = (...args: string[]): ReturnType<typeof run> =>
    run(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args]);

  test('[BR34] enrol, revoke and rotate by command: once shown, once written, kept over a restart', async () => {
    await start();
    const dataDir = join(folder, 'd');
    const file = join(folder, 'broker.json');
    writeFileSync(file, JSON.stringify({ hall: 7, dataDir, port: 0, tls: { port: 0 }, devices: ['bank-1'] }));
    const serve = async (): Promise<{ port: number; stop: () => Promise<void> }> => {
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', MAIN, '--config', file],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const ended = new Promise((resolve) => child.once('close', resolve));
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
      };
      cleanUp.push(stop);
      let said = '';
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
      await until('the broker is up', () => /mqtts:.*\n/.test(said));
      return { port: Number(/mqtts:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]), stop };
    };
    const ca = join(dataDir, 'tls', 'ca.pem');
    // Before its first start: on the folder itself.
    const early = await command('enrol', '--config', file, '--id', 'early', '--role', 'device');
    expect(early.code, early.out).toBe(0);
    let running = await serve();
    const say = (identity: Identity): ReturnType<typeof run> =>
      publishOnce(running.port, identity, own(identity.id, 'event'), 'x');
    const earlySecret = /^[A-Za-z0-9_-]{32}$/m.exec(early.out)?.[0] ?? '';
    expect((await say({ id: 'early', user: 'early', secret: earlySecret, tls: { ca } })).code).toBe(0);

    // While it runs.
    const args = [
      'enrol',
      '--config',
      file,
      '--id',
      'bank-9',
      '--role',
      'device',
      '--certificate',
      '--out',
      folder,
    ];
    const made = await command(...args);
    expect(made.code, made.out).toBe(0);
    const pair = { cert: join(folder, 'bank-9.crt'), key: join(folder, 'bank-9.key') };
    expect(statSync(pair.key).mode & 0o777).toBe(0o600);
    expect(made.out).not.toContain('PRIVATE');
    expect((await say({ id: 'bank-9', tls: { ca, ...pair } })).code).toBe(0);
    const twice = await command(...args);
    expect(twice.code).not.toBe(0);
    expect(twice.out).toContain('is there already');
    expect(statSync(join(dataDir, 'broker.sock')).mode & 0o777).toBe(0o600);

    const rotated = await command('rotate-ca', '--config', file);
    expect(rotated.out).toContain('overlapEnds');
    expect((await say({ id: 'bank-9', tls: { ca, ...pair } })).code).toBe(0);
    expect((await command('rotate-ca', '--config', file)).out).toMatch(/overlap until/);
    expect((await command('rotate-server', '--config', file)).code).toBe(0);

    await running.stop();
    running = await serve();
    expect((await say({ id: 'bank-9', tls: { ca, ...pair } })).code).toBe(0);
    expect((await say({ id: 'early', user: 'early', secret: earlySecret, tls: { ca } })).code).toBe(0);
    expect((await command('revoke', '--config', file, '--id', 'early')).code).toBe(0);
    expect((await say({ id: 'early', user: 'early', secret: earlySecret, tls: { ca } })).code).not.toBe(0);
    expect((await command('rotate-ca', '--config', file, '--finish')).out).not.toContain('overlapEnds');
    expect((await say({ id: 'bank-9', tls: { ca, ...pair } })).code).not.toBe(0);
    for (const wrong of [
      ['revoke', '--config', file, '--id', 'hall'],
      ['revoke', '--config', file, '--id', 'nobody'],
      ['enrol', '--config', file, '--id', 'b', '--role', 'bridge', '--prefixes', 'hall'],
      ['enrol', '--config', file, '--id', 'b', '--role', 'hall'],
      ['open-all', '--config', file],
    ])
      expect((await command(...wrong)).code, wrong.join(' ')).not.toBe(0);
  });

  test('[BR34] what was enrolled by command outlives a change of the configured clients', async () => {
    await start();
    await broker.enrol('by-hand', { kind: 'device', device: 'by-hand' });
    const file = join(folder, 'secrets.json');
    await enrolConfigured(broker, { devices: ['bank-1'], bridges: [] }, file);
    await enrolConfigured(broker, { devices: [], bridges: [] }, file);
    expect(broker.credentials.ids().toSorted()).toEqual(['by-hand', 'hall']);
    await broker.revoke('by-hand');
    await enrolConfigured(broker, { devices: [], bridges: [] }, file);
    expect(broker.credentials.ids()).toEqual(['hall']);
  });
});
