import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeviceEvent, LockBoardState } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { createGatewayBench, wires, type GatewayBench, type Heard } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** Real processes: gateway, simulated boards with their own codec, virtual serial ports, an MQTT broker. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

const bank = (path: string, definition = 'kerong-cu48') => ({
  id: 'bank-1',
  definition,
  transport: { kind: 'serial', path },
  compartments: wires(0, [1, 2, 3, 12, 48]),
});
const pulses = (board: JsonProcess): string[] =>
  board.said.flatMap((line) =>
    line.report === 'pulse' ? [`${String(line.board)}/${String(line.lock)}`] : [],
  );
const openings = (board: JsonProcess): string[] =>
  board.said.flatMap((line) =>
    line.report === 'door' && line.open === true
      ? [`${String(line.board)}/${String(line.lock)} ${String(line.by)}`]
      : [],
  );
const broadcasts = (board: JsonProcess): number =>
  board.said.filter((line) => line.report === 'broadcast').length;
const events = (heard: readonly Heard[]): string[] =>
  heard
    .filter((each) => each.topic.endsWith('/event'))
    .map((each) => {
      const event = DeviceEvent.parse(JSON.parse(each.payload));
      return 'compartment' in event ? `${event.kind} ${String(event.compartment)}` : event.kind;
    });
const position =
  (compartment: number, wanted: string) =>
  (each: Heard): boolean =>
    each.topic.endsWith('/bank-1/state') &&
    LockBoardState.parse(JSON.parse(each.payload)).doors[String(compartment)]?.position === wanted;
const line =
  (wanted: string) =>
  (each: Heard): boolean =>
    each.topic.endsWith('/bank-1/state') && LockBoardState.parse(JSON.parse(each.payload)).line === wanted;

async function oneBank(
  config: object = {},
  definition = 'kerong-cu48',
): Promise<{ board: JsonProcess; gateway: JsonProcess }> {
  const cable = await bench.cable('bank');
  const model = definition === 'kerong-cu48-ir' ? 'cu48-ir' : 'cu48';
  const board = await bench.board('bank', { boards: [{ address: 0, model }], ...config });
  const gateway = await bench.gateway([bank(cable.a, definition)]);
  await bench.far.hear(position(12, 'closed'));
  return { board, gateway };
}

describe('gateway, board and broker as processes', () => {
  test.each(['kerong-cu48', 'kerong-cu48-ir'])(
    '[DV11] [DV18] %s: unlock, door seen open, done; closed again by a person',
    async (definition) => {
      const { board } = await oneBank({}, definition);
      const { far } = bench;
      const id = far.command('bank-1', 'unlock', { compartment: 12 });
      expect(await far.outcome(id)).toMatchObject({ outcome: 'done', position: 'open' });
      expect(openings(board)).toEqual(['0/12 unlock']);
      await far.hear(position(12, 'open'));
      board.tell({ do: 'close', board: 0, lock: 12 });
      await far.hear(position(12, 'closed'), 2_000, far.heard.findIndex(position(12, 'open')));
      await far.hear((each) => each.payload.includes('door-closed'));
      board.tell({ do: 'force-open', board: 0, lock: 48 });
      await far.hear((each) => each.payload.includes('door-forced'), 2_000);
      expect(events(far.heard)).toEqual(['door-opened 12', 'door-closed 12', 'door-forced 48']);
      expect(far.clients()).toEqual(['bank-1']);
      expect(far.denied).toEqual([]);
      expect(pulses(board)).toEqual(['0/12']);
      expect(broadcasts(board)).toBe(0);
    },
  );

  test('[DV6] [DV17] [DV18] expired, repeated, retained, unknown and unproved commands open nothing', async () => {
    const cable = await bench.cable('bank');
    const board = await bench.board('bank', { boards: [{ address: 0 }] });
    const { far } = bench;
    const kept = far.command('bank-1', 'unlock', { compartment: 48 }, { retain: true });
    await bench.gateway([bank(cable.a)], { knowsTime: false });
    const early = far.command('bank-1', 'unlock', { compartment: 1 });
    expect(await far.outcome(early)).toMatchObject({ outcome: 'refused', reason: 'clock-unproved' });
    far.sayTime(60_000);
    await sleep(far.clock, 50);
    const wrongClock = far.command('bank-1', 'unlock', { compartment: 1 });
    expect(await far.outcome(wrongClock)).toMatchObject({ outcome: 'refused', reason: 'clock-unproved' });
    far.sayTime();
    await sleep(far.clock, 50);
    const expired = far.command('bank-1', 'unlock', { compartment: 1 }, { expiresInMs: -1 });
    expect(await far.outcome(expired)).toMatchObject({ outcome: 'refused', reason: 'expired' });
    const longLived = far.command('bank-1', 'unlock', { compartment: 1 }, { expiresInMs: 60_000 });
    expect(await far.outcome(longLived)).toMatchObject({ outcome: 'refused', reason: 'bad-arguments' });
    const nowhere = far.command('bank-1', 'unlock', { compartment: 40 });
    expect(await far.outcome(nowhere)).toMatchObject({ outcome: 'refused', reason: 'unknown-compartment' });
    const strange = far.command('bank-1', 'open-all', {});
    expect(await far.outcome(strange)).toMatchObject({ outcome: 'refused', reason: 'unknown-command' });
    const broken = far.command('bank-1', 'unlock', { compartment: 'all' });
    expect(await far.outcome(broken)).toMatchObject({ outcome: 'refused', reason: 'bad-arguments' });
    expect(pulses(board)).toEqual([]);

    const id = far.command('bank-1', 'unlock', { compartment: 2 });
    far.command('bank-1', 'unlock', { compartment: 2 }, { id });
    expect(await far.outcome(id)).toMatchObject({ outcome: 'done' });
    far.command('bank-1', 'unlock', { compartment: 3 }, { id });
    far.command('bank-1', 'unlock', { compartment: 3 }, { id: early });
    const last = far.command('bank-1', 'query', { compartment: 2 });
    expect(await far.outcome(last)).toMatchObject({ outcome: 'done', position: 'open' });
    expect(pulses(board)).toEqual(['0/2']);
    expect(new Set(far.outcomes(id).map((each) => each.outcome))).toEqual(new Set(['done']));
    expect(far.outcomes(kept)).toEqual([]);
    expect(new Set(far.outcomes(early).map((each) => each.reason))).toEqual(new Set(['clock-unproved']));
  });

  test('[DV16] killed between remembering and writing: nothing opens later, both commands end as unknown', async () => {
    const { board, gateway } = await oneBank();
    const { far } = bench;
    board.tell({ do: 'stick', board: 0, lock: 1 });
    const first = far.command('bank-1', 'unlock', { compartment: 1 });
    await board.hear((said) => said.report === 'pulse');
    // The line is busy with the first: the second is remembered and waits to be written.
    const second = far.command('bank-1', 'unlock', { compartment: 2 });
    await sleep(far.clock, 300);
    await gateway.stop('SIGKILL');
    board.tell({ do: 'stick', board: 0, lock: 1, on: false });
    await bench.gateway([bank(`${bench.folder}/bank-gateway`)]);
    expect(await far.outcome(first)).toMatchObject({ outcome: 'unknown', reason: 'restarted' });
    expect(await far.outcome(second)).toMatchObject({ outcome: 'unknown', reason: 'restarted' });
    // Delivered once more, as a broker may: still not executed.
    far.command('bank-1', 'unlock', { compartment: 2 }, { id: second });
    await sleep(far.clock, 1_500);
    expect(pulses(board)).toEqual(['0/1']);
    expect(openings(board)).toEqual([]);
    const fresh = far.command('bank-1', 'unlock', { compartment: 2 });
    expect(await far.outcome(fresh)).toMatchObject({ outcome: 'done' });
  });

  test('[DV11] stuck door and silent board end by name, and the state says so', async () => {
    const { board } = await oneBank();
    const { far } = bench;
    board.tell({ do: 'stick', board: 0, lock: 3 });
    const stuck = far.command('bank-1', 'unlock', { compartment: 3 });
    expect(await far.outcome(stuck)).toMatchObject({
      outcome: 'failed',
      reason: 'door-did-not-open',
      position: 'closed',
    });
    board.tell({ do: 'silent', on: true, acts: true });
    const unseen = far.command('bank-1', 'unlock', { compartment: 2 });
    expect(await far.outcome(unseen)).toMatchObject({ outcome: 'unknown', reason: 'board-silent' });
    await far.hear(line('silent'));
    await far.hear(position(2, 'unknown'), 1_000, far.heard.findIndex(line('silent')));
    const refused = far.command('bank-1', 'unlock', { compartment: 1 });
    expect(await far.outcome(refused)).toMatchObject({ outcome: 'failed', reason: 'board-silent' });
    board.tell({ do: 'silent', on: false });
    // The door opened unseen, and it was our command that opened it.
    await far.hear(position(2, 'open'), 3_000);
    expect(pulses(board)).toEqual(['0/3', '0/2']);
  });

  test('[DV9] the cable is pulled and put back: named state, plain failure meanwhile, recovery without a restart', async () => {
    const { far } = bench;
    const cable = await bench.cable('bank');
    const board = await bench.board('bank', { boards: [{ address: 0 }] });
    await bench.gateway([bank(cable.a)]);
    await far.hear(position(12, 'closed'));
    await cable.stop();
    await far.hear(line('down'));
    await far.hear(position(12, 'unknown'));
    const during = far.command('bank-1', 'unlock', { compartment: 12 });
    expect(await far.outcome(during)).toMatchObject({ outcome: 'failed', reason: 'line-down' });
    const before = far.heard.length;
    await bench.cable('bank');
    await far.hear(line('ok'), 8_000, before);
    await far.hear(position(12, 'closed'), 8_000, before);
    expect(openings(board)).toEqual([]);
    const after = far.command('bank-1', 'unlock', { compartment: 12 });
    expect(await far.outcome(after)).toMatchObject({ outcome: 'done' });
    expect(pulses(board)).toEqual(['0/12']);
  });

  test('[DV19] what happens while the broker is away is told afterwards, once each, with its own id and time', async () => {
    const { board, gateway } = await oneBank();
    const { far } = bench;
    far.cut();
    await sleep(far.clock, 200);
    board.tell({ do: 'force-open', board: 0, lock: 3 });
    await sleep(far.clock, 800);
    board.tell({ do: 'close', board: 0, lock: 3 });
    await sleep(far.clock, 800);
    // Even a killed gateway does not forget it.
    await gateway.stop('SIGKILL');
    await far.mend();
    await bench.gateway([bank(`${bench.folder}/bank-gateway`)]);
    await far.hear((each) => each.payload.includes('door-closed'), 12_000);
    expect(events(far.heard)).toEqual(['door-forced 3', 'door-closed 3']);
    expect(
      far.heard.find((each) => each.topic.endsWith('/availability') && each.payload === 'online'),
    ).toBeDefined();
  });

  test('[DV18] a killed gateway is offline by its last will, a stopped one by its own word', async () => {
    const { gateway } = await oneBank();
    const { far } = bench;
    await gateway.stop('SIGKILL');
    await far.hear((each) => each.topic.endsWith('/availability') && each.payload === 'offline');
    const again = await bench.gateway([bank(`${bench.folder}/bank-gateway`)]);
    const before = far.heard.length;
    expect(await again.stop('SIGTERM')).toBe(0);
    await far.hear(
      (each) => each.topic.endsWith('/availability') && each.payload === 'offline',
      2_000,
      before,
    );
  });

  test('[DV14] [DV15] [DV21] a scanner and two generations on one line, each its own device', async () => {
    const cable = await bench.cable('bank');
    const desk = await bench.cable('desk');
    const board = await bench.board('bank', {
      boards: [{ address: 0 }, { address: 4, model: 'cu48-ir' }],
      noiseShare: 0.2,
      damageShare: 0.05,
      echo: true,
    });
    await bench.gateway([
      bank(cable.a),
      {
        id: 'bank-2',
        definition: 'kerong-cu48-ir',
        transport: { kind: 'serial', path: cable.a },
        compartments: wires(4, [1, 2], 100),
      },
      { id: 'scanner-1', definition: 'generic-line-scanner', transport: { kind: 'serial', path: desk.a } },
    ]);
    const { far } = bench;
    const scanner = bench.program('simulators/scanner/scanner.main.ts', ['--path', desk.b, '--ack']);
    await scanner.hear((said) => said.report === 'ready');
    for (const scan of ['UH1:ABC 123', 'UH1:ABC 123', 'UH1:NEXT']) scanner.tell({ scan });
    await far.hear((each) => each.payload.includes('UH1:NEXT'));
    const scans = far.heard
      .filter((each) => each.topic.endsWith('/scanner-1/event'))
      .map((each) => (JSON.parse(each.payload) as { text: string }).text);
    expect(scans).toEqual(['UH1:ABC 123', 'UH1:NEXT']);
    const other = far.command('bank-2', 'unlock', { compartment: 102 });
    const mine = far.command('bank-1', 'unlock', { compartment: 2 });
    expect(await far.outcome(other)).toMatchObject({ outcome: 'done' });
    expect(await far.outcome(mine)).toMatchObject({ outcome: 'done' });
    expect(pulses(board).sort()).toEqual(['0/2', '4/2']);
    const wrong = far.command('scanner-1', 'unlock', { compartment: 2 });
    expect(await far.outcome(wrong)).toMatchObject({ outcome: 'refused', reason: 'unknown-command' });
    expect(far.clients()).toEqual(['bank-1', 'bank-2', 'scanner-1']);
    expect(far.denied).toEqual([]);
  });

  test('[DV8] a board behind a network unit: the same bytes over TCP', async () => {
    const board = bench.program('simulators/boards/board.main.ts', [
      '--json',
      JSON.stringify({ transport: { kind: 'tcp', port: 0 }, boards: [{ address: 0 }] }),
    ]);
    const ready = await board.hear((said) => said.report === 'ready');
    await bench.gateway([
      { ...bank('unused'), transport: { kind: 'tcp', host: '127.0.0.1', port: ready.port } },
    ]);
    const { far } = bench;
    await far.hear(position(12, 'closed'));
    const id = far.command('bank-1', 'unlock', { compartment: 12 });
    expect(await far.outcome(id)).toMatchObject({ outcome: 'done' });
    expect(openings(board)).toEqual(['0/12 unlock']);
  });
});
