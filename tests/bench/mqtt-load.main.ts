import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { benchTopic, openWire, publishPacket, stamp } from './mqtt-wire.ts';
import type { WireClient } from './mqtt-wire.ts';
import { percentile } from './rows.ts';

/**
 * The load generator, a process of its own so that it can have its own processor and never shares the broker's heap:
 * one job as JSON on the command line, one result as JSON on standard output. The same for every broker.
 */

const login = { port: z.number().int(), secrets: z.record(z.string(), z.string()) };
const Job = z.discriminatedUnion('job', [
  /** Closed loop: each publisher keeps `window` messages outstanding end to end. */
  z.strictObject({
    job: z.literal('throughput'),
    ...login,
    qos: z.union([z.literal(0), z.literal(1)]),
    publishers: z.number().int().min(1),
    subscribers: z.number().int().min(1),
    window: z.number().int().min(1),
    /** The subscribers' sessions are kept: every QoS 1 message is owed to them. */
    durable: z.boolean(),
    warmupMs: z.number(),
    measureMs: z.number(),
  }),
  /** Open loop, QoS 1, one to one: how long from publish to the subscriber and to the PUBACK. */
  z.strictObject({
    job: z.literal('latency'),
    ...login,
    durable: z.boolean(),
    perSecond: z.number().int().min(1),
    measureMs: z.number(),
  }),
  /** Opens every connection with one subscription and keeps it until standard input ends. */
  z.strictObject({ job: z.literal('idle'), ...login, atOnce: z.number().int().min(1) }),
  /** Open loop, QoS 0, one to one, while a second subscriber to the same topic reads nothing: how long the first one waits. */
  z.strictObject({
    job: z.literal('frozen'),
    ...login,
    frozen: z.boolean(),
    perSecond: z.number().int().min(1),
    payloadBytes: z.number().int().min(64),
    measureMs: z.number(),
  }),
  /** Every connection at the same moment. */
  z.strictObject({ job: z.literal('storm'), ...login }),
]);
type Job = z.infer<typeof Job>;
type JobOf<K extends Job['job']> = Extract<Job, { job: K }>;

const clock = systemClock;

function clientsOf(secrets: Readonly<Record<string, string>>): { id: string; secret: string }[] {
  return Object.entries(secrets).map(([id, secret]) => ({ id, secret }));
}

async function throughput(job: JobOf<'throughput'>): Promise<object> {
  const { port, qos, window } = job;
  const [...names] = clientsOf(job.secrets);
  const packets = Array.from({ length: job.publishers }, (_, publisher) => publishPacket(publisher, qos));
  const sent = new Array<number>(job.publishers).fill(0);
  const free = new Array<number>(job.publishers).fill(window);
  /** How many subscribers have had each message of the only publisher. */
  const heard = new Uint16Array(65_536);
  let delivered = 0;
  let acknowledged = 0;
  let running = true;
  const publishers: WireClient[] = [];

  const flush = (): void => {
    if (!running) return;
    for (const [publisher, client] of publishers.entries()) {
      const count = free[publisher] ?? 0;
      const packet = packets[publisher];
      if (count === 0 || packet === undefined) continue;
      free[publisher] = 0;
      const out = Buffer.allocUnsafe(count * packet.length);
      let number = sent[publisher] ?? 0;
      for (let index = 0; index < count; index += 1, number += 1)
        stamp(out, index * packet.length, packet, qos, number, 0);
      sent[publisher] = number;
      client.socket.write(out);
    }
  };
  const failed = (reason: string): void => {
    if (running) throw new Error(`a connection was lost: ${reason}`);
  };
  const subscribers = await Promise.all(
    names.splice(0, job.subscribers).map(({ id, secret }) =>
      openWire(
        { port, id, secret, clean: !job.durable },
        {
          onMessage: (bytes, at) => {
            delivered += 1;
            if (job.subscribers > 1) {
              const slot = bytes.readUInt32BE(at) & 0xffff;
              heard[slot] = (heard[slot] ?? 0) + 1;
              if (heard[slot] !== job.subscribers) return;
              heard[slot] = 0;
            }
            // The publisher stands in the topic, just before the payload: bench/0007/...
            const topic = at - (qos === 1 ? 2 : 0) - benchTopic(0).length;
            const publisher = Number(bytes.toString('latin1', topic + 6, topic + 10));
            free[publisher] = (free[publisher] ?? 0) + 1;
          },
          onTurn: flush,
          onClosed: failed,
        },
      ),
    ),
  );
  await Promise.all(subscribers.map((client) => client.subscribe('bench/#', qos)));
  const count = (): void => {
    acknowledged += 1;
  };
  for (const { id, secret } of names.splice(0, job.publishers))
    publishers.push(await openWire({ port, id, secret, clean: true }, { onPuback: count, onClosed: failed }));
  flush();
  await sleep(clock, job.warmupMs);
  const cpu = process.cpuUsage();
  const from = clock.monotonic();
  const before = delivered;
  await sleep(clock, job.measureMs);
  const ms = clock.monotonic() - from;
  const perSecond = ((delivered - before) / ms) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  running = false;
  const total = sent.reduce((sum, each) => sum + each, 0);
  const owed = total * job.subscribers;
  const until = clock.monotonic() + 15_000;
  while ((delivered < owed || (qos === 1 && acknowledged < total)) && clock.monotonic() < until)
    await sleep(clock, 20);
  for (const client of [...publishers, ...subscribers]) client.close();
  return {
    perSecond,
    lost: owed - delivered,
    unacknowledged: qos === 1 ? total - acknowledged : 0,
    generatorShare: (user + system) / 1000 / ms,
  };
}

async function latency(job: JobOf<'latency'>): Promise<object> {
  const [subscriber, publisher] = clientsOf(job.secrets);
  if (subscriber === undefined || publisher === undefined) throw new Error('latency needs two clients');
  const there: number[] = [];
  const acknowledged: number[] = [];
  const sentAt = new Map<number, number>();
  const far = await openWire(
    { port: job.port, ...subscriber, clean: !job.durable },
    { onMessage: (bytes, at) => there.push(clock.monotonic() - bytes.readDoubleBE(at + 4)) },
  );
  await far.subscribe('bench/#', 1);
  const near = await openWire(
    { port: job.port, ...publisher, clean: true },
    {
      onPuback: (id) => {
        acknowledged.push(clock.monotonic() - (sentAt.get(id) ?? Number.NaN));
      },
    },
  );
  const packet = publishPacket(0, 1);
  const from = clock.monotonic();
  const all = Math.round((job.measureMs / 1000) * job.perSecond);
  for (let number = 0; number < all;) {
    const due = Math.min(all, Math.floor(((clock.monotonic() - from) / 1000) * job.perSecond));
    for (; number < due; number += 1) {
      const out = Buffer.allocUnsafe(packet.length);
      const now = clock.monotonic();
      stamp(out, 0, packet, 1, number, now);
      sentAt.set((number % 65_535) + 1, now);
      near.socket.write(out);
    }
    await sleep(clock, 1);
  }
  const until = clock.monotonic() + 10_000;
  while ((there.length < all || acknowledged.length < all) && clock.monotonic() < until)
    await sleep(clock, 10);
  near.close();
  far.close();
  return {
    lost: all - there.length,
    unacknowledged: all - acknowledged.length,
    p50: percentile(there, 0.5),
    p99: percentile(there, 0.99),
    ackP50: percentile(acknowledged, 0.5),
    ackP99: percentile(acknowledged, 0.99),
  };
}

async function frozen(job: JobOf<'frozen'>): Promise<object> {
  const [reader, writer, sleeper] = clientsOf(job.secrets);
  if (reader === undefined || writer === undefined || sleeper === undefined)
    throw new Error('frozen needs three clients');
  const { port, payloadBytes } = job;
  if (job.frozen) {
    const client = await openWire({ port, ...sleeper, clean: true }, {});
    await client.subscribe('bench/#', 0);
    client.socket.pause();
    client.socket.on('error', () => undefined);
  }
  const there: number[] = [];
  const far = await openWire(
    { port, ...reader, clean: true },
    { onMessage: (bytes, at) => there.push(clock.monotonic() - bytes.readDoubleBE(at + 4)) },
  );
  await far.subscribe('bench/#', 0);
  const near = await openWire({ port, ...writer, clean: true }, {});
  const packet = publishPacket(0, 0, payloadBytes);
  const from = clock.monotonic();
  const all = Math.round((job.measureMs / 1000) * job.perSecond);
  for (let number = 0; number < all;) {
    const due = Math.min(all, Math.floor(((clock.monotonic() - from) / 1000) * job.perSecond));
    for (; number < due; number += 1) {
      const out = Buffer.allocUnsafe(packet.length);
      stamp(out, 0, packet, 0, number, clock.monotonic(), payloadBytes);
      near.socket.write(out);
    }
    await sleep(clock, 1);
  }
  const until = clock.monotonic() + 10_000;
  while (there.length < all && clock.monotonic() < until) await sleep(clock, 10);
  return {
    lost: all - there.length,
    p50: percentile(there, 0.5),
    p99: percentile(there, 0.99),
    longest: percentile(there, 1),
  };
}

async function idle(job: JobOf<'idle'>): Promise<object> {
  const waiting = clientsOf(job.secrets);
  const open: WireClient[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const client = await openWire({ port: job.port, ...next, clean: true }, {});
      await client.subscribe(`bench/${next.id}/measured`, 1);
      open.push(client);
    }
  };
  await Promise.all(Array.from({ length: job.atOnce }, lane));
  process.stdout.write(`${JSON.stringify({ open: open.length })}\n`);
  await new Promise<void>((resolve) => {
    process.stdin.on('end', resolve).resume();
  });
  for (const client of open) client.close();
  return { closed: open.length };
}

async function storm(job: JobOf<'storm'>): Promise<object> {
  const from = clock.monotonic();
  let connectedMs = 0;
  const open = await Promise.all(
    clientsOf(job.secrets).map(async ({ id, secret }) => {
      const client = await openWire({ port: job.port, id, secret, clean: true }, {});
      connectedMs = clock.monotonic() - from;
      await client.subscribe(`bench/${id}/measured`, 1);
      return client;
    }),
  );
  const subscribedMs = clock.monotonic() - from;
  for (const client of open) client.close();
  return { connectedMs, subscribedMs };
}

function run(job: Job): Promise<object> {
  switch (job.job) {
    case 'throughput':
      return throughput(job);
    case 'latency':
      return latency(job);
    case 'frozen':
      return frozen(job);
    case 'idle':
      return idle(job);
    case 'storm':
      return storm(job);
  }
}

const result = await run(Job.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))));
process.stdout.write(`${JSON.stringify(result)}\n`, () => {
  process.exit(0);
});
