import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { load, startMosquitto, startNodeBroker } from './broker-peers.ts';
import type { BrokerProcess } from './broker-peers.ts';
import { rawCommits, rawCommitsPaced } from './raw.ts';
import { percentile, rounded } from './rows.ts';
import type { Bench, BenchOptions, BenchRow } from './rows.ts';

/**
 * Our broker, guards and store and all, beside Debian's mosquitto in the same run: 64-byte messages, passwords and an
 * access list on at both. `memory`: nothing is owed to anybody absent. `durable`: the subscriber's session is kept, so
 * ours has every QoS 1 message on disk before its PUBACK; mosquitto, with `autosave_on_changes`, writes soon after it.
 */

const PATTERNS = [
  { name: '1-1', publishers: 1, subscribers: 1, window: 1000 },
  { name: '50-1', publishers: 50, subscribers: 1, window: 40 },
  { name: '1-100', publishers: 1, subscribers: 100, window: 20 },
] as const;
const LANES = [
  { name: 'memory', qos: 0, durable: false, target: '1' },
  { name: 'memory', qos: 1, durable: false, target: '1' },
  { name: 'durable', qos: 1, durable: true, target: '0.5' },
] as const;
const CASES = LANES.flatMap((lane) =>
  PATTERNS.map((pattern) => ({
    ...lane,
    pattern,
    row: `broker-${lane.name}-qos${String(lane.qos)}-${pattern.name}`,
  })),
);
const CLIENTS = 101;

const Throughput = z.object({
  perSecond: z.number(),
  lost: z.number(),
  unacknowledged: z.number(),
  generatorShare: z.number(),
});
const Latency = z.object({
  lost: z.number(),
  unacknowledged: z.number(),
  p50: z.number(),
  p99: z.number(),
  ackP50: z.number(),
  ackP99: z.number(),
});
const Frozen = z.object({ lost: z.number(), p50: z.number(), p99: z.number(), longest: z.number() });
const Storm = z.object({ connectedMs: z.number(), subscribedMs: z.number() });

type Sides = Readonly<Record<'ours' | 'peer', number[]>>;

async function withFolder<T>(work: (folder: (name: string) => string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'bench-broker-'));
  try {
    return await work((name) => {
      const made = join(root, name);
      mkdirSync(made, { recursive: true });
      return made;
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function withBrokers<T>(
  starts: readonly (() => Promise<BrokerProcess>)[],
  work: (...brokers: BrokerProcess[]) => Promise<T>,
): Promise<T> {
  const open: BrokerProcess[] = [];
  try {
    for (const start of starts) open.push(await start());
    return await work(...open);
  } finally {
    for (const broker of open) await broker.stop();
  }
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

async function throughputRow(each: (typeof CASES)[number], { long }: BenchOptions): Promise<BenchRow> {
  const { qos, durable, pattern } = each;
  const rates: Sides = { ours: [], peer: [] };
  const shares: Sides = { ours: [], peer: [] };
  const [reps, warmupMs, measureMs] = long ? [5, 1_500, 2_000] : [2, 500, 1_000];
  for (let rep = 0; rep < reps; rep += 1) {
    // A fresh broker each time, in turns: neither inherits a heap, both meet the same weather.
    for (const side of ['ours', 'peer'] as const) {
      await withFolder((folder) =>
        withBrokers(
          [
            () =>
              side === 'ours'
                ? startNodeBroker(folder('ours'), CLIENTS, false)
                : startMosquitto(folder('mosquitto'), CLIENTS, durable),
          ],
          async (broker) => {
            if (broker === undefined) return;
            const { name, ...shape } = pattern;
            const done = Throughput.parse(
              await load(broker, { job: 'throughput', qos, durable, ...shape, warmupMs, measureMs }),
            );
            // A rate with messages missing is no rate.
            if (done.lost !== 0 || done.unacknowledged !== 0)
              throw new Error(
                `${side} ${name}: ${String(done.lost)} lost, ${String(done.unacknowledged)} not acknowledged`,
              );
            rates[side].push(done.perSecond);
            shares[side].push(done.generatorShare);
          },
        ),
      );
    }
  }
  const busy = (side: 'ours' | 'peer'): string => `${String(Math.round(median(shares[side]) * 100))} %`;
  return {
    name: each.row,
    unit: 'messages delivered/s',
    value: rounded(median(rates.ours)),
    peer: durable ? 'mosquitto, autosave_on_changes (weaker: it acknowledges before it writes)' : 'mosquitto',
    peerValue: rounded(median(rates.peer)),
    ratio: rounded(median(rates.ours) / median(rates.peer)),
    target: each.target,
    note: `median of ${String(reps)}, fresh brokers in turns, none lost; generator busy ${busy('ours')} / ${busy('peer')}`,
  };
}

async function latencyRows(options: BenchOptions, only: ReadonlySet<string>): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const measureMs = options.long ? 10_000 : 3_000;
  const both = async (
    durable: boolean,
    perSecond: number,
  ): Promise<Record<'ours' | 'peer', z.infer<typeof Latency>>> =>
    withFolder((folder) =>
      withBrokers(
        [
          () => startNodeBroker(folder('ours'), 2, false),
          () => startMosquitto(folder('mosquitto'), 2, durable),
        ],
        async (ours, peer) => {
          if (ours === undefined || peer === undefined) throw new Error('no brokers');
          const job = { job: 'latency', durable, perSecond, measureMs };
          return {
            ours: Latency.parse(await load(ours, job)),
            peer: Latency.parse(await load(peer, job)),
          };
        },
      ),
    );
  if (only.has('broker-latency')) {
    const { ours, peer } = await both(false, 1_000);
    rows.push({
      name: 'broker-latency',
      unit: 'ms p99, publish to subscriber, QoS 1, 1000/s',
      value: rounded(ours.p99),
      p50: rounded(ours.p50),
      p99: rounded(ours.p99),
      peer: 'mosquitto p99',
      peerValue: rounded(peer.p99),
      ratio: rounded(ours.p99 / peer.p99),
      target: 'at most 3',
      note: `mosquitto p50 ${String(rounded(peer.p50))}; lost ${String(ours.lost)} / ${String(peer.lost)}`,
    });
  }
  if (only.has('broker-durable-latency')) {
    const { ours } = await both(true, 200);
    const inARow = await withFolder((folder) => Promise.resolve(rawCommits(folder('raw'), 600)));
    // At the same pace: a commit now and then costs more than one of many in a row.
    const raw = await withFolder((folder) => rawCommitsPaced(folder('raw'), 600, 5));
    const rawP99 = percentile(raw, 0.99);
    rows.push({
      name: 'broker-durable-latency',
      unit: 'ms p99, publish to PUBACK after the commit, 200/s',
      value: rounded(ours.ackP99),
      p50: rounded(ours.ackP50),
      p99: rounded(ours.ackP99),
      peer: 'raw SQLite commit p99, 200/s',
      peerValue: rounded(rawP99),
      ratio: rounded(ours.ackP99 / rawP99),
      target: 'at most 2',
      note: `raw p50 ${String(rounded(percentile(raw, 0.5)))}; raw in a row p99 ${String(rounded(percentile(inARow, 0.99)))}; lost ${String(ours.lost)}`,
    });
  }
  return rows;
}

async function idleRow(): Promise<BenchRow> {
  const count = 5_000;
  const perConnection = async (start: () => Promise<BrokerProcess>): Promise<number> =>
    withBrokers([start], async (broker) => {
      if (broker === undefined) throw new Error('no broker');
      await sleep(systemClock, 1_000);
      const empty = broker.rssKb();
      let full = empty;
      await load(broker, { job: 'idle', atOnce: 50 }, async () => {
        await sleep(systemClock, 6_000);
        full = broker.rssKb();
      });
      return (full - empty) / count;
    });
  return withFolder(async (folder) => {
    const ours = await perConnection(() => startNodeBroker(folder('ours'), count, false));
    const plain = await perConnection(() => startNodeBroker(folder('plain'), count, true));
    const mosquitto = await perConnection(() => startMosquitto(folder('mosquitto'), count, false));
    return {
      name: 'broker-idle-5000',
      unit: 'kB a connection, 5000 idle with one subscription each',
      value: rounded(ours),
      peer: 'plain aedes 1.2.0',
      peerValue: rounded(plain),
      ratio: rounded(ours / plain),
      target: '20 kB, and no more than plain aedes',
      note: `resident memory beyond the broker with its credentials and no client; mosquitto ${String(rounded(mosquitto))} kB`,
    };
  });
}

async function stormRow(): Promise<BenchRow> {
  return withFolder((folder) =>
    withBrokers(
      [
        () => startNodeBroker(folder('ours'), 1_000, false, []),
        () => startMosquitto(folder('mosquitto'), 1_000, false),
      ],
      async (ours, peer) => {
        if (ours === undefined || peer === undefined) throw new Error('no brokers');
        const first = Storm.parse(await load(ours, { job: 'storm' }));
        const again = Storm.parse(await load(ours, { job: 'storm' }));
        await load(peer, { job: 'storm' });
        const mosquitto = Storm.parse(await load(peer, { job: 'storm' }));
        return {
          name: 'broker-storm-1000',
          unit: 'ms from the first SYN to the last SUBACK, 1000 clients at once, secrets seen before',
          value: rounded(again.subscribedMs),
          peer: 'mosquitto',
          peerValue: rounded(mosquitto.subscribedMs),
          ratio: rounded(again.subscribedMs / mosquitto.subscribedMs),
          note: `first storm after a start, every secret hashed with scrypt: ${String(rounded(first.subscribedMs))} ms; CONNACK of all ${String(rounded(again.connectedMs))} / ${String(rounded(mosquitto.connectedMs))} ms`,
        };
      },
    ),
  );
}

/** 16 MB a second to a subscriber that reads nothing fill what the kernel takes for it well within the run. */
async function frozenRow({ long }: BenchOptions): Promise<BenchRow> {
  const reps = long ? 5 : 3;
  const longest: Record<'ours' | 'none' | 'plain' | 'peer', number[]> = {
    ours: [],
    none: [],
    plain: [],
    peer: [],
  };
  const sides = [
    { side: 'ours', frozen: true, start: (dir: string) => startNodeBroker(dir, 3, false) },
    { side: 'none', frozen: false, start: (dir: string) => startNodeBroker(dir, 3, false) },
    { side: 'plain', frozen: true, start: (dir: string) => startNodeBroker(dir, 3, true) },
    { side: 'peer', frozen: true, start: (dir: string) => startMosquitto(dir, 3, false) },
  ] as const;
  let lost = 0;
  for (let rep = 0; rep < reps; rep += 1) {
    for (const { side, frozen, start } of sides) {
      // Plain aedes waits a minute for it: once is enough, and what it has not delivered ten seconds later counts so.
      if (side === 'plain' && rep > 0) continue;
      await withFolder((folder) =>
        withBrokers([() => start(folder(side))], async (broker) => {
          if (broker === undefined) return;
          const done = Frozen.parse(
            await load(broker, {
              ...{ job: 'frozen', frozen, perSecond: 1_000, payloadBytes: 16_384, measureMs: 5_000 },
            }),
          );
          if (side === 'ours') lost += done.lost;
          longest[side].push(done.lost > 0 ? 10_000 : done.longest);
        }),
      );
    }
  }
  const ms = (side: keyof typeof longest): number => rounded(median(longest[side]));
  return {
    name: 'broker-frozen-subscriber',
    unit: 'ms, longest a reader waits for a message while another subscriber reads nothing',
    value: ms('ours'),
    peer: 'mosquitto',
    peerValue: ms('peer'),
    ratio: rounded(ms('ours') / ms('peer')),
    target: 'at most 100',
    note: `median of ${String(reps)} runs of 5000 messages of 16 KiB, 1000/s; ${String(lost)} lost; with nobody frozen ${String(ms('none'))}; plain aedes ${ms('plain') >= 10_000 ? 'more than 10 s' : String(ms('plain'))}`,
  };
}

export const brokerBench: Bench = {
  names: [
    ...CASES.map((each) => each.row),
    'broker-latency',
    'broker-durable-latency',
    'broker-idle-5000',
    'broker-storm-1000',
    'broker-frozen-subscriber',
  ],
  async run(options, only) {
    const rows: BenchRow[] = [];
    for (const each of CASES) if (only.has(each.row)) rows.push(await throughputRow(each, options));
    rows.push(...(await latencyRows(options, only)));
    if (only.has('broker-idle-5000')) rows.push(await idleRow());
    if (only.has('broker-storm-1000')) rows.push(await stormRow());
    if (only.has('broker-frozen-subscriber')) rows.push(await frozenRow(options));
    return rows;
  },
};
