import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Outcome, type Command } from '../../../contract/messages.ts';
import { toInstant } from '../../../contract/time.ts';
import { createClockProof } from '../../../devices/clock-proof.ts';
import { createCommandDesk, type CommandDesk } from '../../../devices/command-desk.ts';
import type { LineResult } from '../../../devices/drivers/lock-line.ts';
import { openGatewayStore, type GatewayStore } from '../../../devices/gateway.store.ts';
import type { Unit } from '../../../devices/unit.ts';
import { createSeededIds } from '../../support/seeded.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let store: GatewayStore;
let clock: VirtualClock;
let desk: CommandDesk;
let executed: Command[];
/** What was already durable when the driver was called. */
let rememberedFirst: boolean[];
let end: (result: LineResult) => void;
let unit: Unit;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desk-'));
  store = openGatewayStore(folder);
  clock = createVirtualClock();
  executed = [];
  rememberedFirst = [];
  const proof = createClockProof(clock);
  proof.heard(clock.now());
  desk = createCommandDesk({ store, proof, clock, log: silentLog, finished: () => undefined });
  unit = {
    id: 'bank-1',
    execute: (command) => {
      executed.push(command);
      rememberedFirst.push(store.unfinished('bank-1').some((row) => row.id === command.id));
      return new Promise((resolve) => {
        end = resolve;
      });
    },
    publishState: () => undefined,
  };
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const id = (): string => createSeededIds(1, clock).uuid();
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const unlock = (more: object = {}): object => ({
  id: id(),
  name: 'unlock',
  args: { compartment: 12 },
  expiresAt: toInstant(clock.now() + 5_000),
  ...more,
});
const outcomes = (): string[] =>
  store.waiting('bank-1', 0, 100).map((row) => {
    const { outcome, reason } = Outcome.parse(JSON.parse(row.payload));
    return reason === undefined ? outcome : `${outcome} ${reason}`;
  });

describe('the command desk', () => {
  test('[DV16] the id is durable before the driver is called, and the end is kept', async () => {
    desk.take(unit, bytes(unlock()), false);
    expect(rememberedFirst).toEqual([true]);
    end({ outcome: 'done', position: 'open' });
    await Promise.resolve();
    expect(outcomes()).toEqual(['done']);
  });

  test('[DV6] the same id again, running or ended, with the same words or others, is not executed', async () => {
    desk.take(unit, bytes(unlock()), false);
    desk.take(unit, bytes(unlock()), false);
    expect(outcomes()).toEqual([]);
    end({ outcome: 'failed', reason: 'door-did-not-open' });
    await Promise.resolve();
    desk.take(unit, bytes(unlock({ args: { compartment: 13 } })), false);
    expect(executed.length).toBe(1);
    expect(outcomes()).toEqual(['failed door-did-not-open', 'failed door-did-not-open']);
    expect(desk.counts().repeated).toBe(2);
  });

  test('[DV6] expired, living too long, or judged by a moved clock: refused', () => {
    desk.take(unit, bytes(unlock({ expiresAt: toInstant(clock.now()) })), false);
    clock.advance(10);
    desk.take(
      unit,
      bytes(
        unlock({ id: '00000000-0000-4000-8000-000000000001', expiresAt: toInstant(clock.now() + 60_000) }),
      ),
      false,
    );
    clock.jump(-30_000);
    desk.take(unit, bytes(unlock({ id: '00000000-0000-4000-8000-000000000002' })), false);
    expect(outcomes()).toEqual(['refused expired', 'refused bad-arguments', 'refused clock-unproved']);
    expect(executed).toEqual([]);
  });

  test('[DV18] a retained command is ignored and counted', () => {
    desk.take(unit, bytes(unlock()), true);
    expect(executed).toEqual([]);
    expect(desk.counts()).toEqual({ malformed: 0, retained: 1, repeated: 0 });
  });

  test('[DV18] wrong content with an id is refused; without one it is counted', () => {
    desk.take(unit, bytes({ id: id(), name: 'explode', args: {}, expiresAt: toInstant(clock.now()) }), false);
    desk.take(
      unit,
      bytes({ id: '00000000-0000-4000-8000-000000000003', name: 'unlock', args: { compartment: 0 } }),
      false,
    );
    expect(outcomes()).toEqual(['refused unknown-command', 'refused bad-arguments']);
    desk.take(unit, new TextEncoder().encode('{"id":'), false);
    desk.take(unit, bytes({ id: 'not-a-uuid', name: 'unlock' }), false);
    desk.take(unit, bytes({ ...unlock(), padding: 'x'.repeat(70_000) }), false);
    desk.take(unit, Uint8Array.of(0xff, 0xfe), false);
    expect(desk.counts().malformed).toBe(4);
    expect(executed).toEqual([]);
  });

  test('[DV18] whatever bytes arrive, nothing is thrown and nothing executed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (payload) => {
          desk.take(unit, payload, false);
          expect(executed).toEqual([]);
        },
      ),
    );
  });

  test('[DV16] what an earlier run left behind ends as unknown, once', () => {
    store.accept({ device: 'bank-1', id: id(), name: 'unlock', compartment: 12 }, clock.now());
    desk.endUnfinished('bank-1');
    desk.endUnfinished('bank-1');
    expect(outcomes()).toEqual(['unknown restarted']);
    expect(executed).toEqual([]);
  });

  test('[DV6] a driver that breaks leaves the command unknown', async () => {
    desk.take({ ...unit, execute: () => Promise.reject(new Error('broken driver')) }, bytes(unlock()), false);
    await Promise.resolve();
    await Promise.resolve();
    expect(outcomes()).toEqual(['unknown']);
  });
});
