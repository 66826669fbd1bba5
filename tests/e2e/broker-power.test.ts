import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openBrokerDatabase } from '../../broker/store.ts';
import { seededFraction } from '../../simulators/seeded-fraction.ts';
import { joinBroker, startBrokerProcess } from '../support/broker-process.ts';
import { CuttableDisk, readRecording, recorder } from '../support/power-cuts.ts';

const LONG = process.env.TEST_LONG === '1';
const MESSAGES = LONG ? 1_200 : 240;
/** Share of the unsynced writes that outlive the cut: none, some, all. */
const SHARES = [0, 0.5, 1];
const SEED = 41;

let folder = '';
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('[BR42] the power cut at any recorded fsync: the store opens whole, with every message acknowledged before', async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'broker-power-')));
  const recording = join(folder, 'recording');
  const broker = await startBrokerProcess(folder, ['writer', 'reader'], recorder(recording));
  const reader = await joinBroker(broker, 'reader', false);
  await reader.subscribeAsync('zigbee2mqtt/#', { qos: 2 });
  await reader.endAsync();
  const writer = await joinBroker(broker, 'writer', true);
  // One after another, so that nearly each has a commit of its own; payloads long enough to fill the log and start a checkpoint.
  const payloads = new Map<number, string>();
  for (let index = 1; index <= MESSAGES; index += 1) {
    const payload = `${String(index)} ${'x'.repeat(1 + ((index * 37) % 900))}`;
    const retain = index % 5 === 0;
    const qos = index % 7 === 0 ? 2 : 1;
    const topic = retain ? `zigbee2mqtt/kept/${String(index)}` : 'zigbee2mqtt/said';
    await writer.publishAsync(topic, payload, { qos, retain });
    // The mqtt package numbers its messages from a random start: learnt from the recording's own order instead.
    payloads.set(index, payload);
  }
  await writer.endAsync();
  await broker.stop();

  const acts = readRecording(readFileSync(recording, 'utf8'), folder);
  const disk = new CuttableDisk();
  const fraction = seededFraction(SEED);
  const writerSocket = acts.find((act) => act.act === 'sent' && act.packet.cmd === 'puback');
  if (writerSocket?.act !== 'sent') throw new Error('no PUBACK in the recording');
  let acknowledged = 0;
  let cuts = 0;
  let opened = 0;
  const check = (share: number): void => {
    const image = join(folder, `image-${String(cuts)}`);
    mkdirSync(image);
    for (const [file, bytes] of disk.afterCut(fraction, share)) {
      // The shared-memory index is made anew from the log.
      if (basename(file).startsWith('broker.sqlite') && !file.endsWith('-shm'))
        writeFileSync(join(image, basename(file)), bytes);
    }
    const db = openBrokerDatabase(image);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const queued = new Set(
      db
        .prepare<[], { payload: Buffer }>(
          'SELECT payload FROM message JOIN owed USING (seq) WHERE receivers LIKE \'%"reader"%\'',
        )
        .all()
        .map((row) => row.payload.toString()),
    );
    const kept = new Set(
      db
        .prepare<[], { payload: Buffer }>('SELECT payload FROM retained')
        .all()
        .map((row) => row.payload.toString()),
    );
    db.close();
    const lost = [...payloads]
      .slice(0, acknowledged)
      .filter(([index, payload]) => !queued.has(payload) || (index % 5 === 0 && !kept.has(payload)));
    if (lost.length > 0)
      throw new Error(
        `seed ${String(SEED)}, cut ${String(cuts)}, share ${String(share)}: ${String(lost.length)} acknowledged messages are gone, the first is number ${String(lost[0]?.[0])}`,
      );
    rmSync(image, { recursive: true });
    opened += 1;
  };
  for (const act of acts) {
    // The power goes just before the next fsync: everything acknowledged up to here must have been synced before.
    if (act.act === 'sync' && acknowledged > 0) {
      for (const share of LONG ? SHARES : [SHARES[cuts % SHARES.length] ?? 0]) check(share);
      cuts += 1;
    }
    disk.apply(act);
    if (act.act === 'sent' && act.socket === writerSocket.socket)
      // A message counts once its publisher may believe it: PUBACK, or PUBREC for QoS 2.
      if (act.packet.cmd === 'puback' || act.packet.cmd === 'pubrec') acknowledged += 1;
  }
  expect(acknowledged).toBe(MESSAGES);
  expect(cuts).toBeGreaterThan(MESSAGES * 0.8);
  console.log(`${String(cuts)} cuts, ${String(opened)} images opened, seed ${String(SEED)}`);
}, 600_000);
