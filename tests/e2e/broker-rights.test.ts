import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MqttClient } from 'mqtt';
import type { IClientOptions } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBroker } from '../../broker/broker.ts';
import { passwordOf } from '../../broker/mosquitto.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock, systemIds, systemRandom } from '../../platform/system.ts';
import { exportedTlsPort, startExported } from '../../tools/house/mosquitto.ts';
import { hasMosquitto, publishOnce, run } from '../support/mosquitto.ts';
import { HALL, OTHER, named, patterns, rights, roleOf, wideFilters } from '../support/rights-table.ts';
import type { RoleName } from '../support/rights-table.ts';

/**
 * One hand-written table, every role against every topic, on the broker of our own and on a Mosquitto set
 * up by nothing but the export. Judged by what arrives, live, kept, as a will and in stored sessions.
 */
const hasServer = hasMosquitto && existsSync('/usr/sbin/mosquitto');
const speakers: readonly RoleName[] = ['hall', 'device', 'bridge', 'bridge-custom', 'nobody'];
const observers: readonly RoleName[] = ['hall', 'device', 'bridge', 'bridge-custom'];
const kinds = ['live', 'kept', 'will'] as const;
type Kind = (typeof kinds)[number];

/** A broker under trial: where it is and how its clients log in. */
interface Trial {
  readonly port: number;
  secret(id: string): string;
  /** What this broker can be held to. */
  readonly enforces: {
    readonly retain: boolean;
    readonly commandSessions: boolean;
    readonly suback: boolean;
  };
  stop(): Promise<void>;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'broker-rights-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Ids by role: a speaker for every topic, so that a broker's back-off for one cell says nothing about the next. */
const idOf = (role: RoleName, cell: number | 'ear' | 'absent' | 'late'): string => `${role}-${String(cell)}`;
const cells = speakers.flatMap((role) =>
  patterns.map((pattern, index) => ({ role, pattern, id: idOf(role, index) })),
);
const everyone = [
  { id: OTHER, name: 'device' as const },
  ...cells.map(({ id, role }) => ({ id, name: role })),
  ...observers.flatMap((name) =>
    (['ear', 'absent', 'late'] as const).map((as) => ({ id: idOf(name, as), name })),
  ),
].filter(({ name }) => name !== 'nobody');

async function embedded(): Promise<Trial> {
  const broker = await startBroker({
    config: { hall: HALL, dataDir: folder, host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
  });
  const secrets = new Map<string, string>();
  for (const { id, name } of everyone) {
    const role = roleOf(name, id);
    if (role !== undefined) secrets.set(id, await broker.issue(id, role));
  }
  return {
    port: broker.port,
    secret: (id) => secrets.get(id) ?? 'none',
    enforces: { retain: true, commandSessions: true, suback: true },
    stop: () => broker.stop(),
  };
}

async function external(): Promise<Trial> {
  const of = (name: RoleName): string[] => everyone.filter((each) => each.name === name).map(({ id }) => id);
  const made = await startExported(folder, {
    hall: HALL,
    devices: of('device'),
    bridges: (['bridge', 'bridge-custom'] as const).flatMap((name) =>
      of(name).map((id) => {
        const role = roleOf(name, id);
        return { id, prefixes: role?.kind === 'bridge' ? [...role.prefixes] : [] };
      }),
    ),
    tls: { port: 0 },
  });
  const secrets = JSON.parse(readFileSync(made.secrets, 'utf8')) as Record<string, string>;
  // A hall is one client. To speak and listen as the hall at once, further clients get its very block.
  const acl = join(folder, 'mosquitto', 'acl');
  const block = /^user hall\n(?:topic .*\n)+/m.exec(readFileSync(acl, 'utf8'))?.[0] ?? '';
  for (const id of of('hall')) {
    secrets[id] = `secret of ${id}`;
    appendFileSync(acl, `\n${block.replace('user hall', `user ${id}`)}`);
    const line = `${id}:${passwordOf(secrets[id], systemRandom.bytes(12))}\n`;
    appendFileSync(join(folder, 'mosquitto', 'passwords'), line);
  }
  process.kill(made.part.pid, 'SIGHUP');
  await sleep(systemClock, 500);
  return {
    port: made.port,
    secret: (id) => secrets[id] ?? 'none',
    enforces: { retain: false, commandSessions: false, suback: false },
    stop: async () => {
      await made.part.stop();
    },
  };
}

/** A client that tries once; resolves whether it got in. */
async function open(
  trial: Trial,
  id: string,
  more: IClientOptions = {},
  heard: (topic: string, payload: Buffer) => void = () => undefined,
): Promise<{ client: MqttClient; socket: Socket; admitted: boolean }> {
  const socket = createConnection({ host: '127.0.0.1', port: trial.port });
  const client = new MqttClient(() => socket, {
    clientId: id,
    username: id,
    password: trial.secret(id),
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    ...more,
  });
  client.on('error', () => undefined);
  // Before the connection: what a stored session kept comes right behind its CONNACK.
  client.on('message', heard);
  const admitted = await new Promise<boolean>((resolve) => {
    client.once('connect', () => {
      resolve(true);
    });
    client.once('close', () => {
      resolve(false);
    });
  });
  return { client, socket, admitted };
}

/** Subscribes one by one; which of them the broker granted. */
async function ask(client: MqttClient, filters: readonly string[]): Promise<string[]> {
  const granted: string[] = [];
  for (const filter of filters)
    await new Promise<void>((resolve) => {
      client.subscribe(filter, { qos: 1 }, (error, grants) => {
        if (error === null && grants?.every((grant) => grant.qos < 128) === true) granted.push(filter);
        resolve();
      });
    });
  return granted;
}

/** Says one thing in one way and leaves. */
async function speak(trial: Trial, kind: Kind, id: string, topic: string): Promise<void> {
  const payload = `${id} ${kind}`;
  const will = { topic, payload: Buffer.from(payload), qos: 1 as const, retain: false };
  const { client, socket, admitted } = await open(trial, id, kind === 'will' ? { will } : {});
  if (admitted && kind !== 'will')
    await Promise.race([
      client.publishAsync(topic, payload, { qos: 1, retain: kind === 'kept' }).catch(() => undefined),
      new Promise<void>((resolve) => {
        client.once('close', () => {
          resolve();
        });
      }),
    ]);
  if (kind === 'will') socket.destroy();
  await client.endAsync(true).catch(() => undefined);
}

/** All pairs (who heard, what) that the table promises for these ways of speaking. */
function promised(
  ears: readonly RoleName[],
  as: 'ear' | 'absent' | 'late',
  trial: Trial,
  how: readonly Kind[],
): string[] {
  return ears.flatMap((ear) =>
    cells.flatMap(({ role, pattern, id }) =>
      how.flatMap((kind) => {
        const held = kind === 'kept' && trial.enforces.retain ? rights[role].keeps : rights[role].says;
        if (!held.includes(pattern)) return [];
        const topic = named(pattern, id);
        const heard = rights[ear].hears.some((each) => {
          if (as === 'absent' && trial.enforces.commandSessions && each.endsWith('/cmd')) return false;
          // `ME` of the listener is another client than `ME` of the speaker; both fit a grant for every device.
          return named(each, idOf(ear, as)) === topic || (ear !== 'device' && each === pattern);
        });
        return heard ? [`${idOf(ear, as)} heard ${topic} ${id} ${kind}`] : [];
      }),
    ),
  );
}

async function tryEverything(trial: Trial): Promise<void> {
  const heard = new Set<string>();
  const clients: MqttClient[] = [];
  const listenAs = async (
    ear: RoleName,
    as: 'ear' | 'absent' | 'late',
    clean: boolean,
  ): Promise<MqttClient> => {
    const { client, admitted } = await open(trial, idOf(ear, as), { clean }, (topic, payload) => {
      heard.add(`${idOf(ear, as)} heard ${topic} ${payload.toString()}`);
    });
    expect(admitted, idOf(ear, as)).toBe(true);
    clients.push(client);
    return client;
  };
  const asked = (ear: RoleName, as: 'ear' | 'absent' | 'late'): string[] => [
    ...new Set([
      ...[...patterns, ...wideFilters].map((pattern) => named(pattern, idOf(ear, as))),
      // And what the speakers call their own.
      ...patterns.map((pattern) => named(pattern, OTHER)),
    ]),
  ];
  try {
    for (const ear of observers) {
      const present = await listenAs(ear, 'ear', true);
      const granted = await ask(present, asked(ear, 'ear'));
      if (trial.enforces.suback) {
        const { hears, wide } = rights[ear];
        const allowed = [...hears, ...wide].map((pattern) => named(pattern, idOf(ear, 'ear')));
        // What a device calls its own is not another's.
        expect(granted.toSorted(), ear).toEqual([...new Set(allowed)].toSorted());
      }
      const absent = await listenAs(ear, 'absent', false);
      await ask(absent, asked(ear, 'absent'));
      await absent.endAsync();
    }
    for (const kind of kinds)
      for (let from = 0; from < cells.length; from += 8)
        await Promise.all(
          cells.slice(from, from + 8).map(({ id, pattern }) => speak(trial, kind, id, named(pattern, id))),
        );
    for (const ear of observers) {
      await listenAs(ear, 'absent', false);
      await ask(await listenAs(ear, 'late', true), asked(ear, 'late'));
    }
    const expected = new Set([
      ...promised(observers, 'ear', trial, kinds),
      ...promised(observers, 'absent', trial, kinds),
    ]);
    const end = systemClock.monotonic() + 10_000;
    while ([...expected].some((line) => !heard.has(line)) && systemClock.monotonic() < end)
      await sleep(systemClock, 50);
    await sleep(systemClock, 300);

    const of = (as: string): string[] =>
      [...heard].filter((line) => line.includes(`-${as} heard`)).toSorted();
    const wanted = (as: string): string[] =>
      [...expected].filter((line) => line.includes(`-${as} heard`)).toSorted();
    expect(of('ear')).toEqual(wanted('ear'));
    expect(of('absent')).toEqual(wanted('absent'));
    // Who comes late finds the last kept word of each topic and nothing that was not to be kept.
    const late = of('late');
    const keptByRight = new Set(promised(observers, 'late', trial, ['kept']));
    expect(late.filter((line) => !keptByRight.has(line))).toEqual([]);
    const topics = (lines: Iterable<string>): string[] =>
      [...new Set([...lines].map((line) => line.split(' ').slice(0, 3).join(' ')))].toSorted();
    expect(topics(late)).toEqual(topics(keptByRight));
    expect(expected.size).toBeGreaterThan(100);
  } finally {
    for (const client of clients) await client.endAsync(true);
  }
}

describe('every role against every topic', () => {
  test('[BR37] on the broker of our own, with live words, kept words, wills and stored sessions', async () => {
    const trial = await embedded();
    try {
      await tryEverything(trial);
    } finally {
      await trial.stop();
    }
  });

  test.skipIf(!hasServer)(
    '[BR35] on a Mosquitto that runs the exported files: the same table, but for what Mosquitto cannot be told',
    async () => {
      const trial = await external();
      try {
        await tryEverything(trial);
        // The limits are real: written down because they were seen.
        const say = (id: string, ...more: string[]): ReturnType<typeof publishOnce> =>
          publishOnce(
            trial.port,
            { id, user: id, secret: trial.secret(id) },
            `hall/7/dev/${id}/event`,
            'x',
            more,
          );
        expect((await say(idOf('device', 0))).code).toBe(0);
        expect((await say(idOf('device', 0), '-k', '121')).code).toBe(0);
        for (const who of [
          { id: 'bank-2' },
          { id: 'bank-2', user: 'bank-2' },
          { id: 'bank-2', user: 'bank-2', secret: 'wrong' },
          { id: 'x', user: 'x', secret: 'x' },
        ])
          expect((await publishOnce(trial.port, who, 'hall/7/dev/bank-2/event', 'x')).code).not.toBe(0);
        const tls = {
          id: OTHER,
          user: OTHER,
          secret: trial.secret(OTHER),
          tls: { ca: join(folder, 'mosquitto', 'ca.pem') },
        };
        const port = exportedTlsPort(folder) ?? 0;
        expect((await publishOnce(port, tls, 'hall/7/dev/bank-2/event', 'x')).code).toBe(0);
        expect(
          (await publishOnce(port, { ...tls, secret: 'no' }, 'hall/7/dev/bank-2/event', 'x')).code,
        ).not.toBe(0);
      } finally {
        await trial.stop();
      }
    },
  );
});

test.skipIf(!hasServer)('[BR35] the password file is what mosquitto_passwd itself writes', async () => {
  const trial = await external();
  await trial.stop();
  const file = join(folder, 'mosquitto', 'passwords');
  const line = readFileSync(file, 'utf8').split('\n')[0] ?? '';
  expect(line).toMatch(/^hall:\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/);
  // Its own tool takes the file for one of its own: it adds a user and keeps ours as they are.
  const added = await run('mosquitto_passwd', ['-b', file, 'added', 'secret']);
  expect(added.code, added.out).toBe(0);
  const after = readFileSync(file, 'utf8');
  expect(after).toContain(line);
  expect(after).toMatch(/^added:\$7\$101\$/m);
});
