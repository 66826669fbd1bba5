import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idNumberHash } from '../../contract/id-number.ts';
import { DeviceEvent, IdReaderState } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { createGatewayBench, type GatewayBench } from '../support/gateway-bench.ts';
import type { JsonProcess } from '../support/json-process.ts';
import vectors from '../vectors/sam-v.json';

/** A real gateway, a broker and a simulated reader of ID cards with a codec of its own, over a virtual serial port. */

const { person } = vectors.card;
const other = { ...person, name: '李四', address: '某县某镇某村７号', number: '11010119851210000X' };
const KEY = new Uint8Array(Buffer.from(vectors.key, 'hex'));

let bench: GatewayBench;
let gateway: JsonProcess;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

async function reader(args: readonly string[] = [], withKey = true): Promise<JsonProcess> {
  const cable = await bench.cable('id');
  const simulated = bench.program('simulators/idcard/id-reader.main.ts', ['--path', cable.b, ...args]);
  await simulated.hear((said) => said.report === 'ready');
  if (withKey) writeKey();
  gateway = await bench.gateway(
    [
      {
        id: 'id-1',
        definition: 'sam-v-id-card-reader',
        transport: { kind: 'serial', path: cable.a },
      },
    ],
    { config: { idNumberKeys: keyFile() } },
  );
  return simulated;
}
const keyFile = (): string => join(bench.folder, 'id-number-keys.json');
const writeKey = (): void => {
  writeFileSync(keyFile(), JSON.stringify([Buffer.from(KEY).toString('base64')]), { mode: 0o600 });
};
const cards = () =>
  bench.far.heard.flatMap((each) => {
    if (!each.topic.endsWith('/event')) return [];
    const event = DeviceEvent.parse(JSON.parse(each.payload));
    return event.kind === 'id-card' ? [event] : [];
  });
const state = (line: string, ready: string, from = 0) =>
  bench.far.hear(
    (each) => {
      if (!each.topic.endsWith('/id-1/state')) return false;
      const told = IdReaderState.parse(JSON.parse(each.payload));
      return told.line === line && told.reader === ready;
    },
    6_000,
    from,
  );
const card = (last4: string) =>
  bench.far.hear((each) => each.topic.endsWith('/id-1/event') && each.payload.includes(`"${last4}"`));

/** Every byte the gateway left behind or said: its files, its output, the bus. */
function traces(): Buffer {
  const files = readdirSync(join(bench.folder, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(files.length).toBeGreaterThan(0);
  const bus = bench.far.heard.map(({ topic, payload }) => `${topic} ${payload}`).join('\n');
  return Buffer.concat([
    ...files,
    Buffer.from(bus),
    Buffer.from(JSON.stringify(gateway.said) + gateway.errors()),
  ]);
}
/** Whether any of these words stands there, in one of the forms it could have been written in. */
function betrayed(where: Buffer, words: readonly string[]): string[] {
  return words.filter((word) =>
    [
      Buffer.from(word),
      Buffer.from(word, 'utf16le'),
      Buffer.from(Buffer.from(word).toString('hex')),
      Buffer.from(Buffer.from(word, 'utf16le').toString('hex')),
      Buffer.from(Buffer.from(word).toString('base64').replace(/.?=+$/, '')),
    ].some((form) => where.includes(form)),
  );
}
const secretsOf = (who: typeof person): string[] => [
  who.number,
  who.number.slice(0, 14),
  who.number.slice(6, 14),
  who.name,
  who.address,
  who.authority,
  'PHOTO-OF-THE-CARD',
];

describe('a reader of ID cards on a virtual serial port', () => {
  test('[DV63] [DV64] laid: hash, last four and a masked name reach the bus; the number and the rest are nowhere', async () => {
    const simulated = await reader(['--pieces', '100,1,7,300,2']);
    simulated.tell({ noise: 'AA AA AA 96 69 05 08 00 00 90 00' });
    await state('ok', 'ready');
    simulated.tell({ lay: person });
    await card(person.number.slice(-4));
    simulated.tell({ lift: true });
    await sleep(bench.far.clock, 700);
    simulated.tell({ lay: other });
    await card('000X');
    expect(cards()).toMatchObject([
      { hashes: [idNumberHash(KEY, person.number)], last4: person.number.slice(-4), nameMasked: '张*' },
      { hashes: [idNumberHash(KEY, other.number)], last4: '000X', nameMasked: '李*' },
    ]);
    for (const event of cards())
      expect(Object.keys(event).sort()).toEqual(['at', 'hashes', 'id', 'kind', 'last4', 'nameMasked']);
    expect(bench.far.heard.filter((each) => each.topic.endsWith('/event') && each.retained)).toEqual([]);
    expect(bench.far.denied).toEqual([]);
    // A broker that is away: the event waits on disk, and the disk holds no more than the bus.
    bench.far.cut();
    simulated.tell({ lift: true });
    await sleep(bench.far.clock, 2_500);
    simulated.tell({ lay: person });
    await sleep(bench.far.clock, 1_500);
    expect(betrayed(traces(), [...secretsOf(person), ...secretsOf(other)])).toEqual([]);
    // The search itself finds what is there.
    expect(betrayed(traces(), [idNumberHash(KEY, person.number)])).toHaveLength(1);
    expect(betrayed(Buffer.from(person.number, 'utf16le'), [person.number])).toHaveLength(1);
    await bench.far.mend();
    await bench.far.hear(() => cards().length === 3, 8_000);
  });

  test('[DV65] without the key no card is read; the moment the hall’s file is there, it is', async () => {
    const simulated = await reader([], false);
    simulated.tell({ lay: person });
    await state('ok', 'no-key');
    simulated.tell({ asked: true });
    const { counts } = await simulated.hear((said) => said.report === 'asked');
    expect(Object.keys(counts as object)).toEqual(['find']);
    expect(cards()).toEqual([]);
    writeKey();
    await card(person.number.slice(-4));
    await state('ok', 'ready', 1);
    expect(betrayed(traces(), [...secretsOf(person), Buffer.from(KEY).toString('base64')])).toEqual([]);
  });

  test('[DV66] mute, garbled, not authorised, unreadable: each is in its state, and gone by itself', async () => {
    const simulated = await reader(['--finds-again']);
    await state('ok', 'ready');
    simulated.tell({ lay: person });
    await card(person.number.slice(-4));
    for (const [trouble, line, ready] of [
      ['mute', 'silent', 'ready'],
      ['garbled', 'garbled', 'ready'],
      ['not-authorised', 'ok', 'not-authorised'],
      ['read-failed', 'ok', 'read-failed'],
    ] as const) {
      const from = bench.far.heard.length;
      simulated.tell({ trouble });
      await state(line, ready, from);
      const then = bench.far.heard.length;
      simulated.tell({ trouble: 'none' });
      await state('ok', 'ready', then);
    }
  });
});
