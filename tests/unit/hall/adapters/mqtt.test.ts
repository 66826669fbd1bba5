import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { startBroker } from '../../../../broker/broker.ts';
import { Command, HallTime } from '../../../../contract/messages.ts';
import type { DeviceEvent, Outcome } from '../../../../contract/messages.ts';
import { toInstant } from '../../../../contract/time.ts';
import { createMqttDevices } from '../../../../hall/adapters/mqtt.ts';
import type { MqttDevices } from '../../../../hall/adapters/mqtt.ts';
import type { DeviceListener } from '../../../../hall/ports.ts';
import { createBadMessages } from '../../../../hall/store/bad-messages.ts';
import { systemClock, systemIds, systemRandom } from '../../../../platform/system.ts';
import { makeHall, silentLog } from '../../../support/hall-context.ts';

const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Looks again until it is so; fails with what was found last. */
async function until<T>(look: () => T, so: (found: T) => boolean, limitMs = 5_000): Promise<T> {
  const end = systemClock.monotonic() + limitMs;
  for (;;) {
    const found = look();
    if (so(found)) return found;
    if (systemClock.monotonic() > end) throw new Error(`never so: ${JSON.stringify(found)}`);
    await new Promise((resolve) => systemClock.after(10, () => resolve(undefined)));
  }
}

const broke = { hall: 1001, host: '127.0.0.1' };

async function brokerIn(dataDir: string, port = 0) {
  const broker = await startBroker({
    config: { ...broke, dataDir, port },
    clock: systemClock,
    random: systemRandom,
    ids: systemIds,
    log: () => undefined,
  });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await broker.stop();
  };
  open.push(stop);
  return { ...broker, stop };
}

function hallAt(port: number, password: string) {
  const heard: {
    outcomes: Outcome[];
    events: DeviceEvent[];
    states: unknown[];
    availability: string[];
    foreign: string[];
    connected: number;
  } = { outcomes: [], events: [], states: [], availability: [], foreign: [], connected: 0 };
  const hall = makeHall();
  const bad = createBadMessages(hall.store.db, systemClock);
  const listener: DeviceListener = {
    onOutcome: (_device, outcome) => heard.outcomes.push(outcome),
    onEvent: (_device, event) => heard.events.push(event),
    onState: (_device, state) => heard.states.push(state),
    onAvailability: (device, online) => heard.availability.push(`${device} ${online ? 'online' : 'offline'}`),
    onForeign: (topic, payload, retained) =>
      heard.foreign.push(`${topic} ${new TextDecoder().decode(payload)} ${String(retained)}`),
    onConnected: () => (heard.connected += 1),
  };
  const make = (): MqttDevices =>
    createMqttDevices({
      connection: () => ({ url: `mqtt://127.0.0.1:${String(port)}`, username: 'hall', password }),
      hall: 1001,
      clock: systemClock,
      ids: systemIds,
      log: silentLog,
      bad,
      listeners: () => [listener],
    });
  const devices = make();
  open.push(() => devices.stop());
  return { devices, heard, bad, make };
}

const inFuture = (ms: number): string => toInstant(systemClock.now() + ms);
const topic = (device: string, channel: string): string => `hall/1001/dev/${device}/${channel}`;

async function house() {
  const dir = mkdtempSync(join(tmpdir(), 'hall-mqtt-'));
  open.push(() => rmSync(dir, { recursive: true }));
  const broker = await brokerIn(dir);
  const hallSecret = await broker.issue('hall', { kind: 'hall' });
  const deviceSecret = await broker.issue('locker-a', { kind: 'device', device: 'locker-a' });
  const device = async (
    port = broker.port,
  ): Promise<{ client: MqttClient; commands: unknown[]; times: unknown[] }> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
      clientId: 'locker-a',
      username: 'locker-a',
      password: deviceSecret,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    open.push(() => client.endAsync(true));
    const commands: unknown[] = [];
    const times: unknown[] = [];
    client.on('message', (name, payload) =>
      (name.endsWith('/cmd') ? commands : times).push(JSON.parse(payload.toString())),
    );
    await client.subscribeAsync([topic('locker-a', 'cmd'), 'hall/1001/time'], { qos: 1 });
    return { client, commands, times };
  };
  return { dir, broker, hallSecret, device };
}

describe('the device port over a real broker', () => {
  it('[HT11] commands go out whole and not retained, answers come back, time is told', async () => {
    const { broker, hallSecret, device } = await house();
    const { devices, heard } = hallAt(broker.port, hallSecret);
    expect(await devices.start(3_000)).toBe(true);
    expect(devices.availability('locker-a')).toBe('never');
    const { client, commands, times } = await device();
    await client.publishAsync(topic('locker-a', 'availability'), 'online', { qos: 1, retain: true });
    await until(
      () => devices.availability('locker-a'),
      (found) => found === 'online',
    );
    await until(
      () => times,
      (found) => found.length > 0,
    );
    expect(HallTime.safeParse(times[0]).success).toBe(true);

    const commandId = systemIds.uuid();
    const expiresAt = inFuture(4_000);
    devices.unlock({ commandId, device: 'locker-a', compartment: 12, expiresAt });
    await until(
      () => commands,
      (found) => found.length === 1,
    );
    expect(Command.parse(commands[0])).toEqual({
      id: commandId,
      name: 'unlock',
      args: { compartment: 12 },
      expiresAt,
    });
    await until(
      () => devices.counts().waiting,
      (found) => found === 0,
    );
    await client.publishAsync(
      topic('locker-a', 'outcome'),
      JSON.stringify({ id: commandId, outcome: 'done', at: inFuture(0), position: 'open' }),
      { qos: 1 },
    );
    await until(
      () => heard.outcomes,
      (found) => found.length === 1,
    );
    expect(heard.outcomes[0]).toMatchObject({ id: commandId, outcome: 'done', position: 'open' });
    const late = await device();
    await new Promise((resolve) => systemClock.after(100, () => resolve(undefined)));
    expect(late.commands).toEqual([]);
  });

  it('[HT11] what a device said while the hall was away is there when it is back', async () => {
    const { broker, hallSecret, device } = await house();
    const first = hallAt(broker.port, hallSecret);
    await first.devices.start(3_000);
    await until(
      () => first.heard.connected,
      (found) => found === 1,
    );
    const { client } = await device();
    await client.publishAsync(topic('locker-a', 'availability'), 'online', { qos: 1, retain: true });
    await until(
      () => first.heard.availability,
      (found) => found.length === 1,
    );
    await first.devices.stop();
    const event = { id: systemIds.uuid(), at: inFuture(0), kind: 'door-closed', compartment: 3 };
    await client.publishAsync(topic('locker-a', 'event'), JSON.stringify(event), { qos: 1 });
    const second = hallAt(broker.port, hallSecret);
    await second.devices.start(3_000);
    await until(
      () => second.heard.events,
      (found) => found.length === 1,
    );
    expect(second.heard.events).toEqual([event]);
    await until(
      () => second.devices.availability('locker-a'),
      (found) => found === 'online',
    );
  });

  it('[HT12] an unlock asked for while the broker is away is not sent after its expiry', async () => {
    const { dir, broker, hallSecret, device } = await house();
    const { devices, heard } = hallAt(broker.port, hallSecret);
    await devices.start(3_000);
    const { port } = broker;
    await broker.stop();
    await until(
      () => devices.connected(),
      (found) => !found,
    );
    const late = systemIds.uuid();
    const inTime = systemIds.uuid();
    devices.unlock({ commandId: late, device: 'locker-a', compartment: 1, expiresAt: inFuture(200) });
    devices.unlock({ commandId: inTime, device: 'locker-a', compartment: 2, expiresAt: inFuture(5_000) });
    await until(
      () => heard.outcomes,
      (found) => found.length === 1,
    );
    expect(heard.outcomes).toMatchObject([{ id: late, outcome: 'failed', reason: 'line-down' }]);
    await brokerIn(dir, port);
    const { commands } = await device(port);
    await until(
      () => devices.connected(),
      (found) => found,
    );
    // The device may have subscribed after the second command went out; what counts is what never comes.
    await new Promise((resolve) => systemClock.after(700, () => resolve(undefined)));
    expect(commands.map((command) => Command.parse(command).id)).not.toContain(late);
    expect(heard.outcomes).toHaveLength(1);
    expect(devices.counts()).toMatchObject({ unsent: 1, unconfirmed: 0, waiting: 0 });
  });

  it('[HT12] a command the broker never confirmed is not replayed by the next connection, and ends as unknown', async () => {
    const connections: Buffer[][] = [];
    const sockets = new Set<Socket>();
    // A broker that says welcome and then confirms nothing.
    const server = createServer((socket) => {
      sockets.add(socket);
      const bytes: Buffer[] = [];
      connections.push(bytes);
      socket.on('data', (chunk) => {
        if (bytes.length === 0) socket.write(Uint8Array.of(0x20, 2, 1, 0));
        bytes.push(chunk);
      });
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { devices, heard } = hallAt((server.address() as AddressInfo).port, 'x');
    await devices.start(3_000);
    const id = systemIds.uuid();
    const sentIn = (index: number): number =>
      Buffer.concat(connections[index] ?? [])
        .toString('latin1')
        .split(id).length - 1;
    devices.unlock({ commandId: id, device: 'locker-a', compartment: 1, expiresAt: inFuture(300) });
    await until(
      () => sentIn(0),
      (found) => found === 1,
    );
    await until(
      () => heard.outcomes,
      (found) => found.length === 1,
    );
    expect(heard.outcomes).toMatchObject([{ id, outcome: 'unknown', reason: 'line-down' }]);
    for (const socket of sockets) socket.destroy();
    await until(
      () => connections.length,
      (found) => found >= 2,
    );
    await until(
      () => Buffer.concat(connections[1] ?? []).includes('hall/1001/dev/+/state'),
      (found) => found,
    );
    await new Promise((resolve) => systemClock.after(300, () => resolve(undefined)));
    expect([sentIn(0), sentIn(1)]).toEqual([1, 0]);
  });

  it('[HT16] availability and state are not queued, and a retained word read before does not overrule one heard live', async () => {
    const asked: Buffer[] = [];
    const publish = (retain: boolean, word: string, channel = 'availability'): Buffer => {
      const name = Buffer.from(`hall/1001/dev/locker-a/${channel}`);
      const body = Buffer.concat([Buffer.from([0, name.length]), name, Buffer.from(word)]);
      return Buffer.concat([Buffer.from([retain ? 0x31 : 0x30, body.length]), body]);
    };
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        if (chunk[0] === 0x10) socket.write(Uint8Array.of(0x20, 2, 0, 0));
        if (chunk[0] !== 0x82) return;
        asked.push(chunk);
        // Packet id follows the remaining length, which takes two bytes here.
        socket.write(Uint8Array.of(0x90, 9, chunk[3] ?? 0, chunk[4] ?? 0, 1, 1, 1, 1, 1, 1, 0));
        socket.write(publish(true, 'offline'));
        socket.write(publish(false, 'online'));
        socket.write(publish(true, 'offline'));
        for (const [retain, line] of [
          [true, 'down'],
          [false, 'ok'],
          [true, 'down'],
        ] as const)
          socket.write(publish(retain, JSON.stringify({ line }), 'state'));
      });
      socket.on('error', () => socket.destroy());
      open.push(() => {
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      server.close();
    });
    const { devices, heard } = hallAt((server.address() as AddressInfo).port, 'x');
    await devices.start(3_000);
    await until(
      () => heard.availability,
      (found) => found.length >= 2,
    );
    await new Promise((resolve) => systemClock.after(100, () => resolve(undefined)));
    expect(heard.availability).toEqual(['locker-a offline', 'locker-a online']);
    expect(devices.availability('locker-a')).toBe('online');
    expect(heard.states).toEqual([{ line: 'down' }, { line: 'ok' }]);
    for (const channel of ['availability', 'state']) {
      const filter = Buffer.from(`hall/1001/dev/+/${channel}`);
      const at = asked[0]?.indexOf(filter) ?? -1;
      expect(asked[0]?.[at + filter.length]).toBe(0);
    }
  });

  it('[HT13] what no schema knows is kept for staff, and the next message is heard', async () => {
    const { broker, hallSecret, device } = await house();
    const { devices, heard, bad } = hallAt(broker.port, hallSecret);
    await devices.start(3_000);
    const { client } = await device();
    const wrong: [string, string | Buffer][] = [
      [topic('locker-a', 'event'), '{"kind":"door-opened"}'],
      [topic('locker-a', 'event'), Buffer.from([0xff, 0xfe, 0x00])],
      [topic('locker-a', 'outcome'), 'null'],
      [topic('locker-a', 'state'), '{"at":'],
      [topic('locker-a', 'availability'), 'perhaps'],
    ];
    for (const [name, payload] of wrong) await client.publishAsync(name, payload, { qos: 1 });
    await client.publishAsync(topic('locker-a', 'state'), '{"at":"x"}', { qos: 1, retain: true });
    await until(
      () => heard.states,
      (found) => found.length === 1,
    );
    expect(devices.counts()).toMatchObject({ bad: 5 });
    expect(bad.list().map((row) => row.topic.split('/').at(-1))).toEqual([
      'availability',
      'state',
      'outcome',
      'event',
      'event',
    ]);
    expect([heard.events, heard.outcomes, heard.availability]).toEqual([[], [], []]);
    for (let index = 0; index < 300; index += 1) bad.keep('t', 'r', new Uint8Array(10_000));
    expect(bad.list()).toHaveLength(200);
    expect(bad.list()[0]?.payload.length).toBe(400);
  });

  it('[HT11] bridges are heard with their retain flag; occupancy is told again after a reconnect; slips wait for their outcome', async () => {
    const { dir, broker, hallSecret, device } = await house();
    const bridgeSecret = await broker.issue('zigbee', { kind: 'bridge', prefixes: ['zigbee2mqtt'] });
    const bridge = await connectAsync(`mqtt://127.0.0.1:${String(broker.port)}`, {
      clientId: 'zigbee',
      username: 'zigbee',
      password: bridgeSecret,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    open.push(() => bridge.endAsync(true));
    await bridge.publishAsync('zigbee2mqtt/old', 'a', { qos: 1, retain: true });
    const { devices, heard } = hallAt(broker.port, hallSecret);
    await devices.start(3_000);
    await until(
      () => heard.foreign,
      (found) => found.length === 1,
    );
    await bridge.publishAsync('zigbee2mqtt/new', 'b', { qos: 1, retain: true });
    expect(
      await until(
        () => heard.foreign,
        (found) => found.length === 2,
      ),
    ).toEqual(['zigbee2mqtt/old a true', 'zigbee2mqtt/new b false']);

    const { client, commands } = await device();
    const job = { lines: [{ kind: 'rule' as const }] };
    expect(await devices.print('locker-a', job)).toEqual({ printed: false, reason: 'offline' });
    await client.publishAsync(topic('locker-a', 'availability'), 'online', { qos: 1, retain: true });
    await until(
      () => devices.availability('locker-a'),
      (found) => found === 'online',
    );
    const slip = devices.print('locker-a', job);
    await until(
      () => commands,
      (found) => found.length === 1,
    );
    const { id } = Command.parse(commands[0]);
    await client.publishAsync(
      topic('locker-a', 'outcome'),
      JSON.stringify({ id, outcome: 'failed', reason: 'paper-out', at: inFuture(0) }),
      { qos: 1 },
    );
    expect(await slip).toEqual({ printed: false, reason: 'paper-out' });
    // An act of a commissioning waits for its outcome the same way [DK22].
    const session = '00000000-0000-7000-8000-00000000000a';
    const act = devices.commission('locker-a', { act: 'keep', session });
    await until(
      () => commands,
      (found) => found.length === 2,
    );
    const asked = Command.parse(commands[1]);
    expect(asked).toMatchObject({ name: 'commission', args: { act: 'keep', session } });
    await client.publishAsync(
      topic('locker-a', 'outcome'),
      JSON.stringify({ id: asked.id, outcome: 'refused', reason: 'no-session', at: inFuture(0) }),
      { qos: 1 },
    );
    expect(await act).toMatchObject({ outcome: 'refused', reason: 'no-session' });

    const { port } = broker;
    await broker.stop();
    await until(
      () => devices.connected(),
      (found) => !found,
    );
    devices.publishOccupancy(3, { state: 'empty', confidence: 0.9, at: inFuture(0) });
    const again = await brokerIn(dir, port);
    await until(
      () => devices.connected(),
      (found) => found,
    );
    const watcherSecret = await again.issue('watcher', { kind: 'bridge', prefixes: ['hall/1001/occupancy'] });
    const watcher = await connectAsync(`mqtt://127.0.0.1:${String(port)}`, {
      clientId: 'watcher',
      username: 'watcher',
      password: watcherSecret,
      protocolVersion: 4,
      reconnectPeriod: 0,
    });
    open.push(() => watcher.endAsync(true));
    const seen: string[] = [];
    watcher.on('message', (name, payload, packet) =>
      seen.push(`${name} ${payload.toString()} ${String(packet.retain)}`),
    );
    await watcher.subscribeAsync('hall/1001/occupancy/3', { qos: 1 });
    expect(
      (
        await until(
          () => seen,
          (found) => found.length > 0,
        )
      )[0],
    ).toMatch(/^hall\/1001\/occupancy\/3 \{"state":"empty",.*\} true$/);
  });
});
