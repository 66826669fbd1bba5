import { mkdtempSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idNumberHash, idNumberKey } from '../../../../contract/id-number.ts';
import { samVIdCardReader } from '../../../../devices/definitions/sam-v-id-card-reader.device.ts';
import type { IdCard } from '../../../../devices/idcard/id-card.rules.ts';
import { idKeyFile } from '../../../../devices/idcard/id-key-file.ts';
import { createIdReaderLine } from '../../../../devices/idcard/id-reader-line.ts';
import { createMemoryTransport } from '../../../../devices/transports/memory.ts';
import { keepIdKeyFile } from '../../../../hall/keys/id-key-file.ts';
import { createIdReader } from '../../../../simulators/idcard/id-reader.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import vectors from '../../../vectors/sam-v.json';

const KEY = new Uint8Array(Buffer.from(vectors.key, 'hex'));
const { person } = vectors.card;
const other = { ...person, name: '李四', number: '11010119851210000X' };

function bench(findsAgain = false, firstKeys: Uint8Array[] = [KEY]) {
  const clock = createVirtualClock();
  const reader = createIdReader(findsAgain);
  let keys = firstKeys;
  const cards: IdCard[] = [];
  const refused: string[] = [];
  const changes: string[] = [];
  const transport = createMemoryTransport((bytes) => {
    for (const said of reader.take(bytes))
      for (let at = 0; at < said.length; at += 97) transport.feed(said.slice(at, at + 97));
    return 'written';
  });
  const line = createIdReaderLine({
    transport,
    definition: samVIdCardReader,
    clock,
    idKeys: () => keys,
    onCard: (card) => cards.push(card),
    onRefused: (reason) => refused.push(reason),
    onChange: () => changes.push(`${line.health()} ${line.fault() ?? 'ready'}`),
  });
  line.start();
  const run = async (ms: number): Promise<void> => {
    for (let gone = 0; gone < ms; gone += 50) {
      clock.advance(50);
      for (let step = 0; step < 40; step += 1) await Promise.resolve();
    }
  };
  return {
    reader,
    transport,
    line,
    cards,
    refused,
    changes,
    run,
    setKeys: (next: Uint8Array[]) => {
      keys = next;
    },
  };
}

describe('the line of an ID card reader', () => {
  test.each([false, true])(
    '[DV66] a card is one event however long it lies; laid again later it is a new one (found again: %s)',
    async (findsAgain) => {
      const { reader, cards, run, line } = bench(findsAgain);
      await run(1_000);
      expect(cards).toEqual([]);
      reader.lay(person);
      await run(8_000);
      expect(cards).toEqual([
        {
          hashes: [idNumberHash(KEY, person.number)],
          last4: person.number.slice(-4),
          nameMasked: '张*',
        },
      ]);
      reader.lift();
      await run(1_000);
      reader.lay(other);
      await run(1_000);
      expect(cards.map(({ last4 }) => last4)).toEqual([person.number.slice(-4), '000X']);
      reader.lift();
      await run(3_000);
      reader.lay(other);
      await run(1_000);
      expect(cards).toHaveLength(3);
      expect(line.stats()).toMatchObject({ cards: 3, failed: 0, unanswered: 0, badBytes: 0 });
      expect(reader.asked()['read-fingerprint']).toBeUndefined();
    },
  );

  test('[DV65] without a key a card is found and never read; with one it is', async () => {
    const { reader, cards, run, line, setKeys } = bench(false, []);
    reader.lay(person);
    await run(2_000);
    expect(line.fault()).toBe('no-key');
    expect(reader.asked()).not.toHaveProperty('select');
    expect(reader.asked()).not.toHaveProperty('read');
    setKeys([KEY]);
    await run(1_000);
    expect(line.fault()).toBeUndefined();
    expect(cards).toHaveLength(1);
  });

  test('[DV66] silent, garbled, not authorised, unreadable: each by its name within 5 s, and gone by itself', async () => {
    const { reader, cards, run, line, changes } = bench(true);
    reader.lay(person);
    for (const [trouble, health, fault] of [
      ['mute', 'silent', undefined],
      ['garbled', 'garbled', undefined],
      ['deaf-sum', 'garbled', undefined],
      ['not-authorised', 'ok', 'not-authorised'],
      ['read-failed', 'ok', 'read-failed'],
    ] as const) {
      reader.trouble(trouble);
      await run(5_000);
      expect([trouble, line.health(), line.fault()]).toEqual([trouble, health, fault]);
      reader.trouble('none');
      await run(2_000);
      expect([line.health(), line.fault()]).toEqual(['ok', undefined]);
    }
    expect(changes).toContain('ok read-failed');
    expect(cards.length).toBeGreaterThan(0);
  });

  test('[DV66] no card, and a card taken away once, are no fault; another kind of card is named by its field alone', async () => {
    const { reader, cards, refused, run, line } = bench();
    await run(3_000);
    expect([line.health(), line.fault()]).toEqual(['ok', undefined]);
    reader.trouble('read-failed');
    reader.lay(person);
    await run(300);
    reader.trouble('none');
    reader.lift();
    await run(1_000);
    expect(line.fault()).toBeUndefined();
    reader.lay({ ...person, number: '1234' });
    await run(500);
    expect(refused).toEqual(['number']);
    expect(cards).toEqual([]);
  });

  test('[DV66] a pulled cable in the middle of a question ends nothing but the question', async () => {
    const { reader, cards, transport, run, line } = bench();
    await run(500);
    transport.unplug('cable');
    reader.lay(person);
    await run(2_000);
    transport.plug();
    await run(1_500);
    expect(cards).toHaveLength(1);
    await line.stop();
  });
});

describe('the file of keys', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'id-keys-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('[CI30] [DV65] the hall keeps it, for its owner alone; a gateway reads a new key at once', () => {
    const clock = createVirtualClock();
    const hallKey = (fill: number, epoch: number) => ({ epoch, key: new Uint8Array(32).fill(fill) });
    let known = [hallKey(1, 1)];
    const stop = keepIdKeyFile({ dataDir: folder, keys: { hallKeys: () => known }, clock });
    const file = join(folder, 'id-number-keys.json');
    const reasons: string[] = [];
    const keys = idKeyFile(file, (reason) => reasons.push(reason));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keys()).toEqual([idNumberKey(new Uint8Array(32).fill(1))]);
    known = [hallKey(2, 2), hallKey(1, 1)];
    clock.advance(30_000);
    expect(keys()).toEqual(known.map(({ key }) => idNumberKey(key)));
    stop();
    chmodSync(file, 0o640);
    expect(keys()).toEqual([]);
    expect(keys()).toEqual([]);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/read by others/);
    chmodSync(file, 0o600);
    writeFileSync(file, '["c2VjcmV0"]');
    expect(keys()).toEqual([]);
    expect(reasons[1]).not.toContain('c2VjcmV0');
    rmSync(file);
    expect(keys()).toEqual([]);
    expect(reasons[2]).toMatch(/ENOENT/);
  });
});
