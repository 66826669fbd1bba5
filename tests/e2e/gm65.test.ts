import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeviceEvent, LineState } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { createGatewayBench, type GatewayBench } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** A real gateway, a broker and a simulated GM65 with a codec of its own, over a virtual serial port. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

async function scanner(args: readonly string[] = [], device: object = {}): Promise<JsonProcess> {
  const cable = await bench.cable('scan');
  const simulated = bench.program('simulators/scanner/gm65.main.ts', ['--path', cable.b, ...args]);
  await simulated.hear((said) => said.report === 'ready');
  await bench.gateway([
    { id: 'scan-1', definition: 'gm65-scanner', transport: { kind: 'serial', path: cable.a }, ...device },
  ]);
  return simulated;
}
const codes = (): string[] =>
  bench.far.heard.flatMap((each) => {
    if (!each.topic.endsWith('/event')) return [];
    const event = DeviceEvent.parse(JSON.parse(each.payload));
    return event.kind === 'scan' ? [event.text] : [];
  });
const code = async (text: string): Promise<void> => {
  await bench.far.hear((each) => each.topic.endsWith('/scan-1/event') && each.payload.includes(text));
};
const line = (wanted: string, from = 0) =>
  bench.far.hear(
    (each) =>
      each.topic.endsWith('/scan-1/state') && LineState.parse(JSON.parse(each.payload)).line === wanted,
    5_000,
    from,
  );

describe('a GM65 on a virtual serial port', () => {
  test('[DV60] [DV61] told to look: acknowledged, then the code, however both are cut; nothing is saved', async () => {
    const simulated = await scanner(['--pieces', '3,1,5,2,1,7']);
    const { far } = bench;
    for (const text of ['UH1:ABCDEF', '31 ends like the answer', '柜 5 号', '3']) {
      simulated.tell({ show: text });
      await sleep(far.clock, 30);
      expect(await far.outcome(far.command('scan-1', 'look', {}))).toMatchObject({ outcome: 'done' });
      await code(text);
    }
    expect(codes()).toEqual(['UH1:ABCDEF', '31 ends like the answer', '柜 5 号', '3']);
    expect(simulated.said.flatMap((said) => (said.report === 'command' ? [said] : []))).toEqual(
      Array.from({ length: 4 }, () => ({ report: 'command', kind: 'trigger', crc: 'right' })),
    );
    expect(far.denied).toEqual([]);
  });

  test('[DV15] [DV61] one that looks all the time: a code held before it is one scan; firmware without CRC', async () => {
    const simulated = await scanner(['--pieces', '4,1'], { definition: 'gm65-scanner-no-crc' });
    const { far } = bench;
    simulated.tell({ continuous: 'HELD', times: 12, everyMs: 200 });
    await simulated.hear((said) => said.report === 'held', 8_000);
    expect(codes()).toEqual(['HELD']);
    expect(await far.outcome(far.command('scan-1', 'look', {}))).toMatchObject({ outcome: 'done' });
    expect(simulated.said.at(-1)).toEqual({ report: 'command', kind: 'trigger', crc: 'skipped' });
  });

  test('[DV62] set to send no tail; deaf, garbled and well again are in its state', async () => {
    const simulated = await scanner(['--tail', 'none', '--pieces', '7,2'], { tail: 'none' });
    const { far } = bench;
    simulated.tell({ show: 'NO-TAIL' });
    await sleep(far.clock, 30);
    expect(await far.outcome(far.command('scan-1', 'look', {}))).toMatchObject({ outcome: 'done' });
    await code('NO-TAIL');
    simulated.tell({ deaf: true });
    await sleep(far.clock, 30);
    const from = far.heard.length;
    expect(await far.outcome(far.command('scan-1', 'look', {}))).toMatchObject({
      outcome: 'failed',
      reason: 'board-silent',
    });
    await line('silent', from);
    for (let time = 0; time < 3; time += 1) {
      simulated.tell({ raw: 'B0 31 FE 07' });
      await sleep(far.clock, 150);
    }
    await line('garbled', from);
    const then = far.heard.length;
    simulated.tell({ continuous: 'WELL', times: 1, everyMs: 1 });
    await code('WELL');
    await line('ok', then);
    expect(codes()).toEqual(['NO-TAIL', 'WELL']);
  });
});
