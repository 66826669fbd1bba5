import { afterEach, beforeEach, expect, test } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { machineClock } from '../../simulators/machine-clock.ts';
import { seededFraction } from '../../simulators/seeded-fraction.ts';
import { createGatewayBench, wires, type GatewayBench } from '../support/gateway-bench.ts';

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

const ROUNDS = Number(process.env.LATENCY_ROUNDS ?? 40);

test('[DV4] from the published command to the last byte of the unlock at the board, with ten boards being polled', async () => {
  const cable = await bench.cable('bank');
  const boards = Array.from({ length: 10 }, (_, address) => ({ address }));
  const board = await bench.board('bank', {
    boards,
    autoCloseMs: 150,
    openAfterMs: 20,
    reportQueries: false,
  });
  const compartments = boards.flatMap(({ address }) => wires(address, [1, 2], 1 + address * 2 - 1));
  await bench.gateway([
    { id: 'bank-1', definition: 'kerong-cu48', transport: { kind: 'serial', path: cable.a }, compartments },
  ]);
  const { far } = bench;
  const fraction = seededFraction(11);
  const toBoard: number[] = [];
  const toOutcome: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round % 15 === 0) far.sayTime();
    await sleep(far.clock, 250 + fraction() * 500);
    const from = board.said.length;
    const at = machineClock.monotonic();
    const id = far.command('bank-1', 'unlock', { compartment: 1 + Math.floor(fraction() * 20) });
    const frame = await board.hear((said) => said.report === 'frame' && said.kind === 'unlock', 3_000, from);
    toBoard.push(Number(frame.t) - at);
    expect((await far.outcome(id)).outcome).toBe('done');
    toOutcome.push(machineClock.monotonic() - at);
  }
  const at = (list: readonly number[], share: number): number =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN;
  const say = (name: string, list: readonly number[]): string =>
    `${name}: p50 ${at(list, 0.5).toFixed(1)} ms, p99 ${at(list, 0.99).toFixed(1)} ms, most ${at(list, 1).toFixed(1)} ms`;
  console.log(
    `${String(ROUNDS)} unlocks; ${say('published -> last byte at the board (3.1 ms of it on the wire)', toBoard)}; ${say('-> outcome done', toOutcome)}`,
  );
  // Generous, for a busy machine: the point is that no poll cycle or timeout stands in the way.
  expect(at(toBoard, 0.5)).toBeLessThan(60);
});
