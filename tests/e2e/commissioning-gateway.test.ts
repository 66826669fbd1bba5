import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayState } from '../../contract/commissioning.ts';
import { systemIds } from '../../platform/system.ts';
import { createGatewayBench, wires } from '../support/gateway-bench.ts';
import type { GatewayBench } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** The gateway's side of commissioning from the desk, judged over MQTT with nothing of ours but the contract. */

let bench: GatewayBench;
let board: JsonProcess;
let path = '';
beforeEach(async () => {
  bench = await createGatewayBench();
  const cable = await bench.cable('bank');
  path = cable.a;
  board = await bench.board('bank', { boards: [{ address: 0 }], reportQueries: false });
});
afterEach(async () => {
  await bench.stop();
});

const bank = () => ({
  id: 'bank',
  definition: 'kerong-cu48',
  transport: { kind: 'serial', path },
  compartments: wires(0, [1, 2]),
});
const pulses = (): unknown[] => board.said.flatMap((said) => (said.report === 'pulse' ? [said.lock] : []));
const act = async (args: object): Promise<{ outcome: string; reason?: string | undefined }> =>
  bench.far.outcome(bench.far.command('gateway', 'commission', args));
const heard = (topic: string, fits: (payload: string) => boolean, from: number) =>
  bench.far.hear((each) => each.topic.endsWith(topic) && fits(each.payload), 30_000, from);
const session = async (
  fits: (session: NonNullable<GatewayState['session']>) => boolean,
  from: number,
): Promise<NonNullable<GatewayState['session']>> => {
  const found = await heard(
    '/gateway/state',
    (payload) => {
      const { session } = GatewayState.parse(JSON.parse(payload));
      return session !== undefined && fits(session);
    },
    from,
  );
  const { session } = GatewayState.parse(JSON.parse(found.payload));
  if (session === undefined) throw new Error('no session');
  return session;
};

describe('commissioning over MQTT', () => {
  test('[DV46] [DV47] the bank pauses by name and refuses; an answer counts once; the line goes back when nobody renews the lease', async () => {
    await bench.gateway([bank()], { config: { commissioning: { leaseSeconds: 3 } } });
    await heard('/bank/state', (payload) => payload.includes('"line":"ok"'), 0);
    const key = `serial:${path}`;
    const known = await heard('/gateway/state', (payload) => payload.includes(key), 0);
    expect(GatewayState.parse(JSON.parse(known.payload)).lines).toContainEqual({
      key,
      devices: ['bank'],
      kept: false,
    });
    // A door is on its way when the session begins: its command ends first.
    const id = systemIds.uuid();
    const from = bench.far.heard.length;
    const opening = bench.far.command('bank', 'unlock', { compartment: 1 });
    // Both have connections of their own: only a pulse that was seen says that the door was first.
    await board.hear((line) => line.report === 'pulse');
    expect(await act({ act: 'start', session: id, line: key })).toMatchObject({ outcome: 'done' });
    expect(await bench.far.outcome(opening)).toMatchObject({ outcome: 'done' });
    await heard('/bank/availability', (payload) => payload === 'offline', from);
    const paused = await heard('/bank/state', (payload) => payload.includes('commissioning'), from);
    expect(JSON.parse(paused.payload)).toMatchObject({
      line: 'down',
      fault: 'commissioning',
      doors: { 1: { position: 'unknown' }, 2: { position: 'unknown' } },
    });
    const refused = bench.far.command('bank', 'unlock', { compartment: 2 });
    expect(await bench.far.outcome(refused)).toMatchObject({ outcome: 'failed', reason: 'line-down' });
    // One session a gateway; nobody else's words; lines that are there.
    const other = systemIds.uuid();
    expect(await act({ act: 'start', session: other, line: key })).toMatchObject({ reason: 'busy' });
    expect(await act({ act: 'keep', session: other })).toMatchObject({ reason: 'no-session' });

    let cancel = (): void => undefined;
    const renew = (): void => {
      bench.far.command('gateway', 'commission', { act: 'keep', session: id });
      cancel = bench.far.clock.after(1_000, renew);
    };
    renew();
    const asked = await session((each) => each.question?.word === 'askId', from);
    cancel();
    expect(asked.found).toMatchObject([{ definition: 'kerong-cu48', address: 0 }]);
    expect(pulses()).toEqual([1]);
    const answer = { act: 'answer', session: id, question: asked.question?.number, answer: 'bank' };
    expect(await act({ ...answer, question: 99 })).toMatchObject({ outcome: 'refused', reason: 'not-asked' });
    expect(await act(answer)).toMatchObject({ outcome: 'done' });
    expect(await act(answer)).toMatchObject({ outcome: 'refused', reason: 'not-asked' });

    // The hall falls silent: within the lease the bank is itself again, and works.
    const silentFrom = bench.far.heard.length;
    const ended = await session((each) => each.phase === 'ended', silentFrom);
    expect(ended.end?.why).toBe('left');
    await heard('/bank/availability', (payload) => payload === 'online', silentFrom);
    await heard('/bank/state', (payload) => payload.includes('"line":"ok"'), silentFrom);
    bench.far.sayTime();
    const again = bench.far.command('bank', 'unlock', { compartment: 2 });
    expect(await bench.far.outcome(again)).toMatchObject({ outcome: 'done' });
    expect(pulses()).toEqual([1, 2]);
    expect(bench.far.denied).toEqual([]);
  }, 60_000);

  test('[DV46] [DV48] a line that cannot be opened ends by name, and a bare port is told with every state', async () => {
    const bare = '/dev/ttyUSB87';
    await bench.gateway([bank(), { ...bank(), id: 'far', transport: { kind: 'serial', path: bare } }], {
      config: {},
    });
    const far = await heard('/far/state', (payload) => payload.includes('barePort'), 0);
    expect(JSON.parse(far.payload)).toMatchObject({ barePort: bare, fault: 'no-such-port' });
    const near = await heard('/bank/state', () => true, 0);
    expect(near.payload).not.toContain('barePort');
    const from = bench.far.heard.length;
    await act({ act: 'start', session: systemIds.uuid(), line: `serial:${bare}` });
    const ended = await session((each) => each.phase === 'ended', from);
    expect(ended.end).toMatchObject({ why: 'not-open' });
    expect(ended.end?.detail).not.toBe('');
    await heard('/far/state', (payload) => payload.includes('no-such-port'), from);
    const unknown = await act({ act: 'start', session: systemIds.uuid(), line: 'serial:/dev/nowhere' });
    expect(unknown).toMatchObject({ outcome: 'refused', reason: 'unknown-line' });
    const config = join(bench.folder, 'gateway.json');
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({
      devices: [{ id: 'bank' }, { id: 'far' }],
    });
  }, 60_000);
});
