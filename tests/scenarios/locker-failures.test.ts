import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoorCommandView } from '../../contract/hall-api.ts';
import { refusals, sentence } from '../../contract/refusals.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { toInstant } from '../../contract/time.ts';
import { ALICE, makeAccessHall } from '../support/hall-access.ts';
import type { AccessHall } from '../support/hall-access.ts';

/** Each way an opening can go wrong ends in a named state with a sentence for the person; nothing opens late, twice or elsewhere. */

const MEMBER = { kind: 'member', memberNumber: ALICE.memberNumber, phoneLast4: ALICE.phoneLast4 } as const;
const wish = { holder: MEMBER, size: 'small', minutes: 120, termsAccepted: true } as const;

let folder = '';
let h: AccessHall;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hall-'));
  h = makeAccessHall({ file: join(folder, 'hall.db') });
  h.lockers.start();
});
afterEach(() => {
  h.lockers.stop();
  h.hall.close();
  rmSync(folder, { recursive: true });
});

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}
function refusalOf(result: Result<unknown>): Refusal {
  if (result.ok) throw new Error('was accepted');
  return result.refusal;
}
/** The person reads whole sentences in both languages. */
function told(refusal: Refusal | DoorCommandView['refusal']): string {
  if (refusal === undefined) throw new Error('nothing is said');
  for (const language of ['zh', 'en'] as const) {
    const words = sentence({ code: refusal.code, params: refusal.params ?? {} }, language);
    expect(words.length).toBeGreaterThan(5);
    expect(words).not.toMatch(/[{}]/);
  }
  expect(refusals[refusal.code].actor).not.toBe('developer');
  return refusal.code;
}
function rented() {
  const rent = must(h.lockers.rent(wish, 'kiosk-1'));
  h.opens();
  h.closes();
  return { kind: 'typed', compartment: rent.lease.compartment, digits: rent.digits } as const;
}
/** The power goes and comes back: a new process on the same file; `minutes` pass meanwhile. */
function powerCut(minutes = 1): void {
  const sent = h.unlocks().length;
  const at = h.hall.clock.now();
  h.lockers.stop();
  h.hall.close();
  h = makeAccessHall({ file: join(folder, 'hall.db'), seed: 100 + sent, start: at + minutes * 60_000 });
  h.lockers.start();
}
const doorStateOf = (commandId: string) => must(h.lockers.command(commandId, 'kiosk-1'));
const kinds = () => h.hall.raised.map((each) => each.kind);

describe('codes that must not open', () => {
  it('[LK22] a wrong code', () => {
    const code = rented();
    const before = h.unlocks().length;
    const wrong = code.digits === '12345678' ? '87654321' : '12345678';
    expect(told(refusalOf(h.lockers.act({ ...code, digits: wrong }, 'open', 'kiosk-1')))).toBe('code-wrong');
    expect(h.unlocks()).toHaveLength(before);
  });

  it('[LK22] a replay', () => {
    const text = h.qr(h.grant('locker', 12));
    must(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1'));
    h.opens();
    h.closes();
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-2')))).toBe('qr-replayed');
    h.hall.clock.advance(11_000);
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1')))).toBe('qr-replayed');
    expect(h.unlocks()).toHaveLength(1);
  });

  it('[LK22] a replay after a power cut', () => {
    const text = h.qr(h.grant('locker', 12));
    must(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1'));
    powerCut(0);
    h.hall.clock.advance(10_000);
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1')))).toBe('qr-replayed');
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK22] a screenshot three minutes old', () => {
    const text = h.qr(h.grant('locker', 12));
    h.hall.clock.advance(180_000);
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text }, 'open', 'kiosk-1')))).toBe('qr-stale');
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK22] a code of another hall', () => {
    expect(
      told(
        refusalOf(
          h.lockers.act({ kind: 'qr', text: h.qr(h.grant('locker', 12, { hall: 1002 })) }, 'open', 'kiosk-1'),
        ),
      ),
    ).toBe('qr-other-hall');
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK22] an expired code', () => {
    const grant = h.grant('locker', 12, { minutes: 30 });
    h.hall.clock.advance(36 * 60_000);
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text: h.qr(grant) }, 'open', 'kiosk-1')))).toBe(
      'qr-expired',
    );
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK22] a revoked code, by QR and typed', () => {
    const grant = h.grant('locker', 12);
    const code = rented();
    h.hall.feed('deny', {
      id: h.hall.ids.uuid(),
      memberRef: ALICE.memberRef,
      until: toInstant(h.hall.clock.now() + 3_600_000),
    });
    expect(told(refusalOf(h.lockers.act({ kind: 'qr', text: h.qr(grant) }, 'open', 'kiosk-1')))).toBe(
      'grant-revoked',
    );
    expect(told(refusalOf(h.lockers.act(code, 'open', 'kiosk-1')))).toBe('grant-revoked');
    expect(h.unlocks()).toHaveLength(1);
  });
});

describe('hardware that does not do its part', () => {
  it('[LK18] a silent board: unknown, asked again until it answers, never opened again', () => {
    const { command } = must(h.lockers.rent(wish, 'kiosk-1'));
    h.outcome(command.commandId, 'unknown', { reason: 'board-silent' });
    expect(doorStateOf(command.commandId).state).toBe('unknown');
    expect(told(doorStateOf(command.commandId).refusal)).toBe('door-unknown');
    h.hall.clock.advance(60_000);
    const queries = h.hall.devices.sent.filter((each) => each.name === 'query');
    expect(queries.length).toBeGreaterThanOrEqual(4);
    expect(queries.every((each) => each.compartment === command.compartment)).toBe(true);
    h.answers('open');
    expect(doorStateOf(command.commandId).state).toBe('opened');
    h.hall.clock.advance(1000);
    h.closes();
    expect(doorStateOf(command.commandId).state).toBe('closed');
    expect(h.unlocks()).toHaveLength(1);
    expect(kinds()).toEqual(['door-trouble']);
  });

  it('[LK18] no outcome at all: unknown after the command`s life, then the sensor decides; a late outcome opens nothing', () => {
    const { command } = must(h.lockers.rent(wish, 'kiosk-1'));
    h.hall.clock.advance(9_001);
    expect(doorStateOf(command.commandId).state).toBe('unknown');
    h.answers('closed');
    expect(doorStateOf(command.commandId).state).toBe('failed');
    expect(told(doorStateOf(command.commandId).refusal)).toBe('door-unknown');
    h.hall.clock.advance(60_000);
    h.outcome(command.commandId, 'failed', { reason: 'door-did-not-open', position: 'closed' });
    expect(doorStateOf(command.commandId).state).toBe('failed');
    expect(h.hall.facts().filter((each) => each.type === 'door.ended')).toHaveLength(1);
    expect(h.hall.auditRows().some((each) => each.action === 'door.late-outcome')).toBe(true);
    expect(h.unlocks()).toHaveLength(1);
  });

  it('[LK7] a late "done" for an opening that was followed by another changes neither', () => {
    const first = must(h.lockers.rent(wish, 'kiosk-1'));
    h.hall.clock.advance(9_001);
    h.answers('closed');
    const typed = { kind: 'typed', compartment: first.lease.compartment, digits: first.digits } as const;
    const second = must(h.lockers.act(typed, 'open', 'kiosk-1'));
    h.outcome(first.command.commandId, 'done', { position: 'open' });
    expect(doorStateOf(first.command.commandId).state).toBe('failed');
    expect(['sent', 'opened']).toContain(doorStateOf(second.command.commandId).state);
    expect(h.unlocks()).toHaveLength(2);
  });

  it('[LK18] a door that does not open: failed, staff told, the lease waits, and a new explicit act is possible', () => {
    const first = must(h.lockers.rent(wish, 'kiosk-1'));
    h.outcome(first.command.commandId, 'failed', { reason: 'door-did-not-open', position: 'closed' });
    expect(doorStateOf(first.command.commandId).state).toBe('failed');
    expect(told(doorStateOf(first.command.commandId).refusal)).toBe('door-did-not-open');
    expect(kinds()).toEqual(['door-trouble']);
    h.hall.clock.advance(60_000);
    expect(h.unlocks()).toHaveLength(1);
    must(
      h.lockers.act(
        { kind: 'typed', compartment: first.lease.compartment, digits: first.digits },
        'open',
        'kiosk-1',
      ),
    );
    expect(h.unlocks()).toHaveLength(2);
  });

  it('[LK18] a stuck door that gives way under the hand counts as opened', () => {
    const { command, lease } = must(h.lockers.rent(wish, 'kiosk-1'));
    h.outcome(command.commandId, 'failed', { reason: 'door-did-not-open', position: 'closed' });
    h.hall.clock.advance(5_000);
    h.door('door-opened', lease.compartment);
    expect(doorStateOf(command.commandId).state).toBe('opened');
    expect(kinds()).not.toContain('door-forced');
  });

  it('[LK14] a door left open for 3 minutes: one alarm; closing it still makes the lease active', () => {
    const { command, lease } = must(h.lockers.rent(wish, 'kiosk-1'));
    h.opens();
    h.hall.clock.advance(179_000);
    expect(kinds()).toEqual([]);
    h.hall.clock.advance(5 * 60_000);
    expect(kinds()).toEqual(['door-left-open']);
    h.closes();
    expect(doorStateOf(command.commandId).state).toBe('closed');
    expect(h.hall.facts().at(-1)).toMatchObject({ type: 'lease.activated', body: { lease: lease.lease } });
  });

  it('[LK18] a finishing door whose board falls silent keeps the lease until the board speaks', () => {
    const code = rented();
    const { lease } = must(h.lockers.act(code, 'finish', 'kiosk-1'));
    h.outcome(h.last().commandId, 'unknown', { reason: 'board-silent' });
    expect(told(refusalOf(h.lockers.act(code, 'open', 'kiosk-1')))).toBe('door-busy');
    h.hall.clock.advance(30_000);
    h.answers('open');
    h.hall.clock.advance(1_000);
    h.closes();
    expect(h.hall.facts().at(-1)).toMatchObject({
      type: 'lease.ended',
      body: { lease: lease.lease, cause: 'finished' },
    });
  });
});

describe('the power goes in the middle', () => {
  it('[LK8] after intent and command: unknown, asked, never opened again; the lease is there', () => {
    const { command, lease, digits } = must(h.lockers.rent(wish, 'kiosk-1'));
    powerCut();
    expect(doorStateOf(command.commandId).state).toBe('unknown');
    expect(told(doorStateOf(command.commandId).refusal)).toBe('door-unknown');
    expect(h.last('query').compartment).toBe(lease.compartment);
    h.answers('closed');
    h.hall.clock.advance(60 * 60_000);
    expect(h.unlocks()).toEqual([]);
    expect(
      must(h.lockers.present({ kind: 'typed', compartment: lease.compartment, digits }, 'kiosk-1')).lease,
    ).toBe(lease.lease);
  });

  it('[LK8] the door stands open: found open, then closed, then active', () => {
    const { command, lease } = must(h.lockers.rent(wish, 'kiosk-1'));
    powerCut();
    h.answers('open');
    expect(doorStateOf(command.commandId).state).toBe('opened');
    h.hall.clock.advance(1000);
    h.door('door-closed', lease.compartment);
    expect(h.hall.facts().at(-1)).toMatchObject({ type: 'lease.activated' });
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK8] closed while the hall was away: an opened finishing door ends the lease', () => {
    const code = rented();
    must(h.lockers.act(code, 'finish', 'kiosk-1'));
    h.opens();
    powerCut();
    h.answers('closed');
    expect(h.hall.facts().at(-1)).toMatchObject({ type: 'lease.ended', body: { cause: 'finished' } });
    expect(h.unlocks()).toEqual([]);
  });

  it('[LK8] the board is away too: it is asked when it comes back', () => {
    const { command } = must(h.lockers.rent(wish, 'kiosk-1'));
    h.lockers.stop();
    const at = h.hall.clock.now();
    h.hall.close();
    h = makeAccessHall({ file: join(folder, 'hall.db'), seed: 50, start: at + 60_000 });
    h.hall.devices.setAvailability('locker-a', 'never');
    h.lockers.start();
    h.hall.clock.advance(60_000);
    expect(h.hall.devices.sent).toEqual([]);
    h.hall.devices.setAvailability('locker-a', 'online');
    h.lockers.listener.onAvailability?.('locker-a', true);
    expect(h.hall.devices.sent.map((each) => each.name)).toEqual(['query']);
    expect(doorStateOf(command.commandId).state).toBe('unknown');
  });

  it('[LK8] a crash before the commit leaves nothing at all', () => {
    const before = [h.hall.facts().length, h.unlocks().length];
    const real = h.hall.store.db.prepare(
      "CREATE TEMP TRIGGER power_cut BEFORE INSERT ON door_command BEGIN SELECT RAISE(ABORT, 'power'); END",
    );
    real.run();
    expect(() => h.lockers.rent(wish, 'kiosk-1')).toThrow('power');
    expect([h.hall.facts().length, h.unlocks().length]).toEqual(before);
    expect(h.hall.store.db.prepare('SELECT count(*) FROM lease').pluck().get()).toBe(0);
  });
});
