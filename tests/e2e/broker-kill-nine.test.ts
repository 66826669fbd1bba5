import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IPublishPacket, QoS } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import type { Identity } from '../support/mosquitto.ts';
import { openRaw } from '../support/raw-mqtt.ts';
import type { RawMqtt } from '../support/raw-mqtt.ts';

/** The broker as `npm run broker` starts it, killed with SIGKILL right after an acknowledgement was read. */
const MAIN = join(import.meta.dirname, '..', '..', 'broker', 'broker.main.ts');

let folder: string;
let cleanUp: (() => unknown)[];
let run: { port: number; kill: () => Promise<void> };

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = systemClock.monotonic() + 15_000;
  while (!holds()) {
    if (systemClock.monotonic() > end) throw new Error(`it did not come to hold: ${what}`);
    await sleep(systemClock, 2);
  }
}

async function startBroker(): Promise<void> {
  const child = spawn(process.execPath, [MAIN, '--config', join(folder, 'broker.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  cleanUp.push(kill);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await until('the broker is up', () => said.includes('\n'));
  run = { port: Number(/:(\d+)\s/.exec(said)?.[1]), kill };
}

async function open(id: string): Promise<RawMqtt> {
  const client = openRaw(run.port, identityOf(id));
  cleanUp.push(() => client.socket.destroy());
  await until('CONNACK', () => client.packets.length > 0);
  expect(client.packets[0]).toMatchObject({ cmd: 'connack', returnCode: 0 });
  return client;
}

/** Leaves a stored subscription behind. */
async function subscribeAndLeave(id: string): Promise<void> {
  const client = await open(id);
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'zigbee2mqtt/+', qos: 2 }] });
  await until('SUBACK', () => client.packets.some((packet) => packet.cmd === 'suback'));
  client.socket.destroy();
}

const publish = (
  messageId: number,
  qos: QoS,
  payload: string,
  more: { retain?: boolean; dup?: boolean } = {},
): IPublishPacket => ({
  ...{ retain: false, dup: false, ...more },
  ...{ topic: 'zigbee2mqtt/a', messageId, qos, payload },
  cmd: 'publish',
});

const has = (client: RawMqtt, cmd: string, messageId: number): boolean =>
  client.packets.some((packet) => packet.cmd === cmd && packet.messageId === messageId);

/** Answers every handshake as a receiver does. */
function answering(client: RawMqtt): void {
  client.onPacket((packet) => {
    const { messageId = 0 } = packet;
    if (packet.cmd === 'publish' && packet.qos === 1) client.send({ cmd: 'puback', messageId });
    if (packet.cmd === 'publish' && packet.qos === 2) client.send({ cmd: 'pubrec', messageId });
    if (packet.cmd === 'pubrel') client.send({ cmd: 'pubcomp', messageId });
  });
}

/** What a returning session is sent, all of it: nothing new for half a second. */
async function allFor(id: string): Promise<{ client: RawMqtt; texts: string[] }> {
  const client = openRaw(run.port, identityOf(id));
  cleanUp.push(() => client.socket.destroy());
  answering(client);
  await until('CONNACK', () => client.packets.length > 0);
  for (let seen = -1; seen !== client.packets.length;) {
    seen = client.packets.length;
    await sleep(systemClock, 500);
  }
  return { client, texts: client.messages().map((packet) => String(packet.payload)) };
}

function identityOf(id: string): Identity {
  const secrets = JSON.parse(readFileSync(join(folder, 'data', 'secrets.json'), 'utf8')) as Record<
    string,
    string
  >;
  return { id, user: id, secret: secrets[id] ?? '' };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broker-kill-'));
  cleanUp = [];
  const prefixes = ['zigbee2mqtt'];
  writeFileSync(
    join(folder, 'broker.json'),
    JSON.stringify({
      ...{ hall: 7, dataDir: join(folder, 'data'), port: 0 },
      bridges: ['talker', 'absent', 'late'].map((id) => ({ id, prefixes })),
    }),
  );
  await startBroker();
});
afterEach(async () => {
  for (const each of cleanUp) await each();
  rmSync(folder, { recursive: true, force: true });
});

describe('[BR39] a broker killed with SIGKILL keeps all it acknowledged', () => {
  test('[BR39] 100 retained, 500 QoS 1 and 500 QoS 2 for an absent session are all there, QoS 2 exactly once', async () => {
    await subscribeAndLeave('absent');
    const talker = await open('talker');
    talker.onPacket((packet) => {
      if (packet.cmd === 'pubrec') talker.send({ cmd: 'pubrel', messageId: packet.messageId ?? 0 });
    });
    const acked = (): number =>
      talker.packets.filter((packet) => packet.cmd === 'puback' || packet.cmd === 'pubcomp').length;
    const expected: string[] = [];
    let sent = 0;
    const say = async (qos: QoS, text: string, topic: string, retain: boolean): Promise<void> => {
      expected.push(text);
      sent += 1;
      talker.send({ ...publish(sent, qos, text, { retain }), topic });
      // Within the broker's window for QoS 2.
      if (sent - acked() >= 40) await until('room', () => sent - acked() < 40);
    };
    for (let n = 0; n < 100; n += 1) await say(1, `kept ${String(n)}`, `zigbee2mqtt/kept-${String(n)}`, true);
    for (let n = 0; n < 500; n += 1) await say(1, `one ${String(n)}`, 'zigbee2mqtt/a', false);
    for (let n = 0; n < 500; n += 1) await say(2, `two ${String(n)}`, 'zigbee2mqtt/a', false);
    await until('all acknowledged', () => acked() === sent);
    await run.kill();

    await startBroker();
    const { texts } = await allFor('absent');
    expect([...new Set(texts)].toSorted()).toEqual(expected.toSorted());
    const twos = texts.filter((text) => text.startsWith('two'));
    expect(twos).toEqual([...Array(500).keys()].map((n) => `two ${String(n)}`));
    const late = await open('late');
    late.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'zigbee2mqtt/+', qos: 0 }] });
    await until('all retained', () => late.messages().length >= 100);
    expect(
      late
        .messages()
        .map((packet) => String(packet.payload))
        .toSorted(),
    ).toEqual(expected.slice(0, 100).toSorted());
  });

  test('[BR39] killed between PUBREC and PUBREL, the message is delivered once whether or not it is sent again', async () => {
    await subscribeAndLeave('absent');
    const talker = await open('talker');
    talker.send(publish(7, 2, 'first'));
    await until('PUBREC', () => has(talker, 'pubrec', 7));
    await run.kill();

    await startBroker();
    const again = await open('talker');
    again.send(publish(7, 2, 'first', { dup: true }));
    await until('PUBREC', () => has(again, 'pubrec', 7));
    again.send({ cmd: 'pubrel', messageId: 7 });
    await until('PUBCOMP', () => has(again, 'pubcomp', 7));
    expect((await allFor('absent')).texts).toEqual(['first']);
  });

  test('[BR39] killed right after PUBCOMP, the number is free: the next message under it is no duplicate', async () => {
    await subscribeAndLeave('absent');
    const talker = await open('talker');
    talker.send(publish(7, 2, 'first'));
    await until('PUBREC', () => has(talker, 'pubrec', 7));
    // Well past the delay of lazy commits, so that only the release is at stake.
    await sleep(systemClock, 150);
    const killed = new Promise<void>((resolve) => {
      talker.onPacket((packet) => {
        if (packet.cmd === 'pubcomp') resolve(run.kill());
      });
    });
    talker.send({ cmd: 'pubrel', messageId: 7 });
    await killed;

    await startBroker();
    const again = await open('talker');
    again.send(publish(7, 2, 'second'));
    await until('PUBREC', () => has(again, 'pubrec', 7));
    again.send({ cmd: 'pubrel', messageId: 7 });
    await until('PUBCOMP', () => has(again, 'pubcomp', 7));
    expect((await allFor('absent')).texts).toEqual(['first', 'second']);
  });

  test('[BR39] killed after a receiver was sent PUBREL, the message does not come a second time', async () => {
    await subscribeAndLeave('absent');
    const talker = await open('talker');
    talker.send(publish(7, 2, 'first'));
    await until('PUBREC', () => has(talker, 'pubrec', 7));
    talker.send({ cmd: 'pubrel', messageId: 7 });
    await until('PUBCOMP', () => has(talker, 'pubcomp', 7));
    const receiver = await open('absent');
    await until('the message', () => receiver.messages().length === 1);
    const [{ messageId = 0 } = {}] = receiver.messages();
    receiver.send({ cmd: 'pubrec', messageId });
    await until('PUBREL', () => has(receiver, 'pubrel', messageId));
    await run.kill();

    await startBroker();
    const { client, texts } = await allFor('absent');
    expect(texts).toEqual([]);
    expect(has(client, 'pubrel', messageId)).toBe(true);
  });

  test('[BR39] [BR40] killed as soon as a copy was sent, it comes again under the same number, marked DUP', async () => {
    await subscribeAndLeave('absent');
    await sleep(systemClock, 200);
    const talker = await open('talker');
    // Others before it, so that the number is not one a new run would give by chance.
    const receiver = await open('absent');
    answering(receiver);
    for (const messageId of [1, 2, 3]) {
      talker.send(publish(messageId, 2, 'before'));
      await until('PUBREC', () => has(talker, 'pubrec', messageId));
      talker.send({ cmd: 'pubrel', messageId });
    }
    await until(
      'those before',
      () => receiver.packets.filter((packet) => packet.cmd === 'pubrel').length === 3,
    );
    receiver.socket.destroy();
    await sleep(systemClock, 200);
    const deafAfter = await open('absent');
    let number = 0;
    const killed = new Promise<void>((resolve) => {
      deafAfter.onPacket((packet) => {
        if (packet.cmd !== 'publish' || number !== 0) return;
        number = packet.messageId ?? 0;
        resolve(run.kill());
      });
    });
    talker.send(publish(9, 2, 'last'));
    await killed;

    await startBroker();
    const { client, texts } = await allFor('absent');
    expect(texts).toEqual(['last']);
    expect(client.messages()[0]).toMatchObject({ messageId: number, dup: true });
  });
});
