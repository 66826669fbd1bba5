import { sleep } from '../../contract/ports.ts';
import type { Millis } from '../../contract/ports.ts';
import { machineClock } from '../../simulators/machine-clock.ts';
import { seededFraction } from '../../simulators/seeded-fraction.ts';
import { createGatewayBench, wires } from '../support/gateway-bench.ts';
import type { FarSide } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';
import { percentile, rounded } from './rows.ts';
import type { Bench, BenchOptions, BenchRow } from './rows.ts';

/**
 * Two lines of four 24-door boards, KERONG at 19200 and 8A at 9600 baud, every byte as slow as ten bits at its rate,
 * on virtual serial ports; a gateway process polls them all while doors are unlocked at random moments over MQTT.
 */

const LINES = [
  { name: 'kerong', definition: 'kerong-cu48', model: 'cu48', baudRate: 19_200, unlockBytes: 6 },
  { name: '8a', definition: 'board-8a-24', model: '8a-24', baudRate: 9_600, unlockBytes: 5 },
] as const;
type Line = (typeof LINES)[number];
const BOARDS = [1, 2, 3, 4];
const LOCKS = Array.from({ length: 24 }, (_, index) => index + 1);
/** The one that is switched off in the second half. */
const DEAD = 4;

interface Running {
  readonly line: Line;
  readonly device: string;
  readonly board: JsonProcess;
}

/** Milliseconds from the published command to the last byte of its unlock at the board. */
async function unlocks(
  far: FarSide,
  { device, board }: Running,
  count: number,
  boards: readonly number[],
  fraction: () => number,
): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    // At any moment of the round of polls, never in step with it.
    await sleep(far.clock, 320 + fraction() * 350);
    const address = boards[Math.floor(fraction() * boards.length)] ?? 1;
    const lock = 1 + Math.floor(fraction() * LOCKS.length);
    const from = board.said.length;
    const at = machineClock.monotonic();
    const id = far.command(device, 'unlock', { compartment: address * 100 + lock });
    const outcome = await far.outcome(id);
    if (outcome.outcome !== 'done') throw new Error(`${device}: ${outcome.outcome} ${outcome.reason ?? ''}`);
    const frames = board.said.slice(from).filter((said) => said.report === 'pulse');
    const [pulse] = frames;
    if (pulse === undefined || frames.length !== 1 || pulse.board !== address || pulse.lock !== lock)
      throw new Error(`${device}: not exactly one pulse at ${String(address)}/${String(lock)}`);
    times.push(Number(pulse.t) - at);
  }
  return times;
}

/** Milliseconds from a door forced open to the event about it at the hall's side. */
async function changes(far: FarSide, runs: readonly Running[], count: number, fraction: () => number) {
  const times: Millis[] = [];
  while (times.length < count) {
    for (const { device, board } of runs) {
      await sleep(far.clock, 40 + fraction() * 200);
      const address = BOARDS.filter((each) => each !== DEAD)[Math.floor(fraction() * 3)] ?? 1;
      const lock = 1 + Math.floor(fraction() * LOCKS.length);
      const compartment = address * 100 + lock;
      const from = far.heard.length;
      const at = far.clock.monotonic();
      board.tell({ do: 'force-open', board: address, lock });
      const heard = await far.hear(
        (each) =>
          each.topic.includes(device) &&
          each.payload.includes(`"door-forced","compartment":${String(compartment)}`),
        6_000,
        from,
      );
      times.push(heard.t - at);
      board.tell({ do: 'close', board: address, lock });
      await far.hear(
        (each) =>
          each.topic.includes(device) &&
          each.payload.includes(`"door-closed","compartment":${String(compartment)}`),
        6_000,
        from,
      );
    }
  }
  return times;
}

function row(line: Line, times: readonly number[], dead: boolean): BenchRow {
  const wire = (line.unlockBytes * 10_000) / line.baudRate;
  return {
    name: `lock-line-${line.name}${dead ? '-dead-board' : ''}`,
    unit: 'ms p99, command published to the last byte of its unlock at the board',
    value: rounded(percentile(times, 0.99)),
    p50: rounded(percentile(times, 0.5)),
    p99: rounded(percentile(times, 0.99)),
    target: dead ? 'within one query timeout, 150 ms' : '60 ms',
    note: `${String(times.length)} unlocks, four boards of 24 doors polled, both lines at work${dead ? ', one board dead' : ''}; ${String(rounded(wire))} ms of it on the wire; most ${String(rounded(Math.max(...times)))} ms`,
  };
}

export const lockLineBench: Bench = {
  names: [
    ...LINES.flatMap(({ name }) => [`lock-line-${name}`, `lock-line-${name}-dead-board`]),
    'lock-line-door-change',
  ],
  async run({ long }: BenchOptions, only) {
    const bench = await createGatewayBench();
    const fraction = seededFraction(23);
    const count = long ? 600 : 150;
    try {
      const runs: Running[] = [];
      const devices: object[] = [];
      for (const line of LINES) {
        const device = `bank-${line.name}`;
        const cable = await bench.cable(device);
        const board = await bench.board(device, {
          baudRate: line.baudRate,
          boards: BOARDS.map((address) => ({ address, model: line.model })),
          openAfterMs: 60,
          autoCloseMs: 250,
          reportQueries: false,
        });
        runs.push({ line, device, board });
        devices.push({
          id: device,
          definition: line.definition,
          transport: { kind: 'serial', path: cable.a, baudRate: line.baudRate },
          compartments: BOARDS.flatMap((address) => wires(address, LOCKS, address * 100)),
        });
      }
      await bench.gateway(devices);
      const { far } = bench;
      const stopTime = keepTime(far);
      const rows: BenchRow[] = [];
      const both = (boards: readonly number[]): Promise<number[][]> =>
        Promise.all(runs.map((run) => unlocks(far, run, count, boards, fraction)));
      try {
        const wanted = (dead: boolean): boolean =>
          LINES.some(({ name }) => only.has(`lock-line-${name}${dead ? '-dead-board' : ''}`));
        if (wanted(false)) {
          const all = await both(BOARDS);
          rows.push(...runs.map(({ line }, index) => row(line, all[index] ?? [], false)));
        }
        for (const { board } of runs) board.tell({ do: 'silent', board: DEAD, on: true });
        await sleep(far.clock, 2_000);
        if (wanted(true)) {
          const rest = await both(BOARDS.filter((address) => address !== DEAD));
          rows.push(...runs.map(({ line }, index) => row(line, rest[index] ?? [], true)));
        }
        if (only.has('lock-line-door-change')) {
          const times = await changes(far, runs, long ? 200 : 40, fraction);
          rows.push({
            name: 'lock-line-door-change',
            unit: 'ms p99, a door forced open to the event at the hall, one board of four dead',
            value: rounded(percentile(times, 0.99)),
            p50: rounded(percentile(times, 0.5)),
            p99: rounded(percentile(times, 0.99)),
            target: '2000 ms',
            note: `${String(times.length)} doors; most ${String(rounded(Math.max(...times)))} ms`,
          });
        }
      } finally {
        stopTime();
      }
      return rows;
    } finally {
      await bench.stop();
    }
  },
};

/** The hall tells the time, without which a gateway takes no command. */
function keepTime(far: FarSide): () => void {
  let cancel = (): void => undefined;
  const turn = (): void => {
    far.sayTime();
    cancel = far.clock.after(5_000, turn);
  };
  turn();
  return () => {
    cancel();
  };
}
