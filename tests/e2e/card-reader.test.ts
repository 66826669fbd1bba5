import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeviceEvent, LineState } from '../../contract/messages.ts';
import { sleep } from '../../contract/ports.ts';
import { createGatewayBench } from '../support/gateway-bench.ts';
import type { GatewayBench, Heard } from '../support/gateway-bench.ts';
import { noPcscd, startPcscd } from '../support/pcscd.ts';
import type { TestPcscd } from '../support/pcscd.ts';

/** The real pcscd with a virtual reader, a virtual card, the gateway as a process, and Debian's scriptor as a second opinion. */
const why = noPcscd();
if (why !== undefined) process.stdout.write(`card reader: skipped, ${why}\n`);
const KEY = Buffer.alloc(32, 7);
const UID = '04A1B2C3D4E5F6';

let bench: GatewayBench;
let pcscd: TestPcscd;
beforeEach(async () => {
  if (why !== undefined) return;
  bench = await createGatewayBench();
  pcscd = await startPcscd(bench.far.clock);
});
afterEach(async () => {
  if (why !== undefined) return;
  await pcscd.stop();
  await bench.stop();
});

async function gateway(): Promise<void> {
  writeFileSync(join(bench.folder, 'card-key'), KEY.toString('base64url'));
  await bench.gateway(
    [{ id: 'card-1', definition: 'pcsc-card', transport: { kind: 'pcsc', reader: 'Virtual PCD 00 00' } }],
    { config: { cardKey: join(bench.folder, 'card-key') } },
  );
}
const cards = (): string[] =>
  bench.far.heard
    .filter((each) => each.topic.endsWith('/card-1/event'))
    .map((each) => {
      const event = DeviceEvent.parse(JSON.parse(each.payload));
      return event.kind === 'card' ? event.token : event.kind;
    });
const state = (fits: (state: LineState) => boolean, from = 0): Promise<Heard> =>
  bench.far.hear(
    (each) => each.topic.endsWith('/card-1/state') && fits(LineState.parse(JSON.parse(each.payload))),
    8_000,
    from,
  );
const token = (uid: string): string =>
  createHmac('sha256', KEY)
    .update(Buffer.concat([Buffer.from('union-hall card uid v1\0'), Buffer.from(uid, 'hex')]))
    .digest('hex')
    .slice(0, 32);

describe.skipIf(why !== undefined)('a card reader behind pcscd', () => {
  test('[DV67] a card laid is one event, however long it lies; its number is nowhere', async () => {
    const card = await pcscd.card();
    await gateway();
    await state(({ line }) => line === 'ok');
    card.tell({ lay: UID });
    await bench.far.hear((each) => each.topic.endsWith('/card-1/event'));
    await sleep(bench.far.clock, 1_000);
    expect(cards()).toEqual([token(UID)]);
    expect(card.said.filter(({ report }) => report === 'apdu')).toHaveLength(1);

    // A program of somebody else's, through the same pcscd, gets the UID that was laid.
    const seen = pcscd.run('scriptor', ['-r', 'Virtual PCD 00 00'], 'FF CA 00 00 00\n');
    expect(seen.replaceAll(' ', '')).toContain(UID);

    card.tell({ take: true });
    await sleep(bench.far.clock, 1_200);
    card.tell({ lay: '11223344' });
    await expect.poll(cards, { timeout: 4_000 }).toEqual([token(UID), token('11223344')]);
    const whole = [
      ...bench.far.heard.map((each) => each.payload),
      ...readdirSync(join(bench.folder, 'data')).map((file) =>
        readFileSync(join(bench.folder, 'data', file)).toString('latin1'),
      ),
    ].join('\n');
    expect(whole.toUpperCase()).not.toContain(UID);
    expect(whole).not.toContain(Buffer.from(UID, 'hex').toString('latin1'));
  });

  test('[DV68] a card that refuses is said; pcscd gone and back has a name and mends by itself', async () => {
    const card = await pcscd.card();
    await gateway();
    card.tell({ lay: UID, status: '6A81' });
    await state(({ cardRefused }) => cardRefused === '6A81');
    card.tell({ take: true });
    await sleep(bench.far.clock, 1_200);
    card.tell({ lay: UID });
    await expect.poll(cards, { timeout: 4_000 }).toEqual([token(UID)]);
    const refused = bench.far.heard.findIndex(({ payload }) => payload.includes('6A81'));
    await state(({ cardRefused }) => cardRefused === undefined, refused + 1);

    let from = bench.far.heard.length;
    await pcscd.stop();
    await state(({ line }) => line === 'down', from);
    from = bench.far.heard.length;
    pcscd = await startPcscd(bench.far.clock);
    await state(({ line }) => line === 'ok', from);
    const again = await pcscd.card();
    again.tell({ lay: '11223344' });
    await expect.poll(cards, { timeout: 8_000 }).toEqual([token(UID), token('11223344')]);
  });

  test('[DV68] a reader that is not there is missing by name', async () => {
    await bench.gateway(
      [{ id: 'card-1', definition: 'pcsc-card', transport: { kind: 'pcsc', reader: 'Other Reader' } }],
      {
        config: {
          cardKey:
            (writeFileSync(join(bench.folder, 'k'), KEY.toString('base64url')), join(bench.folder, 'k')),
        },
      },
    );
    await state(({ line, fault }) => line === 'down' && fault === 'unplugged');
  });
});
