import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PrinterState } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { CHINESE_FONTS } from '../../devices/printers/font/system-font.ts';
import { rentSlip } from '../../hall/lockers/slip.rules.ts';
import { createGatewayBench, type GatewayBench, type Heard } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** Real processes: gateway, simulated printer with its own decoder, virtual serial port or TCP, an MQTT broker. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

const slip = rentSlip({
  hall: { zh: '城北职工服务中心', en: 'City North Workers’ Hall' },
  compartment: 8,
  digits: '01234567',
  qr: `UH1:${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3'.repeat(4)}`,
  until: '2026-11-24 18:00',
  helpPhone: '0571-8888 0110',
});

const state =
  (fits: (state: PrinterState) => boolean) =>
  (each: Heard): boolean =>
    each.topic.endsWith('/printer-1/state') && fits(PrinterState.parse(JSON.parse(each.payload)));
const ready = state((seen) => seen.paper === 'ok' && seen.cover === 'closed');

async function printer(config: object): Promise<JsonProcess> {
  const child = bench.program('simulators/printer/printer.main.ts', ['--json', JSON.stringify(config)]);
  await child.hear((line) => line.report === 'ready');
  return child;
}

interface Slip {
  readonly lines: { readonly text: string; readonly size: string; readonly pictures: string[] }[];
  readonly qr: { readonly data: string }[];
}
const slips = (printing: JsonProcess): Slip[] =>
  printing.said.filter((line) => line.report === 'slip') as unknown as Slip[];

async function onSerial(config: object = {}): Promise<{ printing: JsonProcess; gateway: JsonProcess }> {
  const cable = await bench.cable('printer');
  const printing = await printer({ transport: { kind: 'serial', path: cable.b }, ...config });
  const gateway = await bench.gateway([device({ kind: 'serial', path: cable.a })]);
  await bench.far.hear(ready);
  return { printing, gateway };
}
const device = (transport: object): object => ({ id: 'printer-1', definition: 'escpos-printer', transport });

function isTheSlip(printed: Slip | undefined): void {
  const texts = printed?.lines.map((line) => line.text) ?? [];
  for (const line of slip.lines) {
    if (line.kind === 'text') expect(texts).toContain(line.text);
    if (line.kind === 'pair') expect(texts.find((each) => each.startsWith(line.label))).toContain(line.value);
  }
  expect(printed?.qr.map((code) => code.data)).toEqual(
    slip.lines.flatMap((line) => (line.kind === 'qr' ? [line.data] : [])),
  );
  expect(printed?.lines.find((line) => line.text === '8 号柜')?.size).toBe('2x2');
}

describe('gateway and printer as processes', () => {
  test('[DV22] [DV23] a locker slip over a serial line: once, whole, Chinese and code; the same command again prints nothing', async () => {
    const { printing } = await onSerial();
    const { far } = bench;
    const id = far.command('printer-1', 'print', { job: slip });
    expect(await far.outcome(id)).toMatchObject({ outcome: 'done' });
    far.command('printer-1', 'print', { job: slip }, { id });
    await sleep(far.clock, 500);
    expect(slips(printing)).toHaveLength(1);
    isTheSlip(slips(printing)[0]);
    expect(printing.said.filter((line) => line.report === 'unreadable')).toEqual([]);
    const strange = far.command('printer-1', 'unlock', { compartment: 1 });
    expect(await far.outcome(strange)).toMatchObject({ outcome: 'refused', reason: 'unknown-command' });
  });

  test('[DV23] [DV24] [DV25] paper out and cover open: named states, nothing printed late', async () => {
    const { printing } = await onSerial({ lineMs: 30, linesLeft: 5 });
    const { far } = bench;
    const first = far.command('printer-1', 'print', { job: slip });
    expect(await far.outcome(first)).toMatchObject({ outcome: 'failed', reason: 'paper-out' });
    await far.hear(state((seen) => seen.paper === 'out'));
    const second = far.command('printer-1', 'print', { job: slip });
    expect(await far.outcome(second)).toMatchObject({ outcome: 'failed', reason: 'paper-out' });
    printing.tell({ do: 'paper', is: 'ok' });
    printing.tell({ do: 'cover', is: 'open' });
    await far.hear(
      state((seen) => seen.cover === 'open'),
      7_000,
    );
    printing.tell({ do: 'cover', is: 'closed' });
    await far.hear(ready, 7_000, far.heard.findIndex(state((seen) => seen.cover === 'open')));
    expect(slips(printing)).toEqual([]);
    const third = far.command('printer-1', 'print', { job: slip });
    expect(await far.outcome(third)).toMatchObject({ outcome: 'done' });
    expect(slips(printing)).toHaveLength(1);
    isTheSlip(slips(printing)[0]);
  });

  test('[DV16] [DV23] killed while printing: the command ends as unknown and is not printed again', async () => {
    const { printing, gateway } = await onSerial({ lineMs: 60 });
    const { far } = bench;
    const id = far.command('printer-1', 'print', { job: slip });
    await printing.hear((line) => line.report === 'line');
    await gateway.stop('SIGKILL');
    await bench.gateway([device({ kind: 'serial', path: join(bench.folder, 'printer-gateway') })]);
    expect(await far.outcome(id)).toMatchObject({ outcome: 'unknown', reason: 'restarted' });
    far.command('printer-1', 'print', { job: slip }, { id });
    await sleep(far.clock, 1_500);
    expect(slips(printing).length).toBeLessThanOrEqual(1);
    const fresh = far.command('printer-1', 'print', { job: slip });
    expect(await far.outcome(fresh)).toMatchObject({ outcome: 'done' });
    expect(slips(printing).at(-1)?.qr).toHaveLength(1);
  });

  test.skipIf(!existsSync(CHINESE_FONTS[0] ?? ''))(
    '[DV28] a rare name is on the paper as a picture',
    async () => {
      const { printing } = await onSerial();
      const line = { kind: 'text', text: '𠮷先生', size: 'normal', align: 'left' };
      const id = bench.far.command('printer-1', 'print', { job: { lines: [line] } });
      expect(await bench.far.outcome(id)).toMatchObject({ outcome: 'done' });
      const [printed] = slips(printing)[0]?.lines ?? [];
      expect(printed?.text).toBe('\ufffc先生');
      expect(Buffer.from(printed?.pictures[0] ?? '', 'base64').some((byte) => byte !== 0)).toBe(true);
    },
  );

  test('[DV23] over TCP, as on port 9100', async () => {
    const printing = await printer({ transport: { kind: 'tcp', port: 0 } });
    const port = printing.said.find((line) => line.report === 'ready')?.port;
    await bench.gateway([device({ kind: 'tcp', host: '127.0.0.1', port })]);
    await bench.far.hear(ready);
    const id = bench.far.command('printer-1', 'print', { job: slip });
    expect(await bench.far.outcome(id)).toMatchObject({ outcome: 'done' });
    isTheSlip(slips(printing)[0]);
  });

  test('[DV27] over a device file, answers included; a plain file is refused as no device', async () => {
    const cable = await bench.cable('printer');
    const printing = await printer({ transport: { kind: 'serial', path: cable.b } });
    const plain = join(bench.folder, 'gateway.json');
    await bench.gateway([
      device({ kind: 'file', path: cable.a }),
      { id: 'printer-2', definition: 'escpos-printer-mute', transport: { kind: 'file', path: plain } },
    ]);
    await bench.far.hear(ready);
    const id = bench.far.command('printer-1', 'print', { job: slip });
    expect(await bench.far.outcome(id)).toMatchObject({ outcome: 'done' });
    isTheSlip(slips(printing)[0]);
    const other = bench.far.command('printer-2', 'print', { job: slip });
    expect(await bench.far.outcome(other)).toMatchObject({ outcome: 'failed', reason: 'line-down' });
  });
});
