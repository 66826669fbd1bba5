import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deriveKey, typedDigits } from '../../../../contract/access-code.ts';
import { ALICE, HALL_KEY, makeAccessHall, OLD_HALL_KEY } from '../../../support/hall-access.ts';
import type { AccessHall } from '../../../support/hall-access.ts';

const LEASE = { uuid: '0193a5b0-7c00-7abc-8def-0123456789ab', generation: 0 };
const right = typedDigits(deriveKey(HALL_KEY, 'typed-code'), LEASE.uuid, 5, 0);

let open: AccessHall[] = [];
function make(options: Parameters<typeof makeAccessHall>[0] = {}): AccessHall {
  const made = makeAccessHall(options);
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open) each.hall.close();
  open = [];
});

function type(
  h: AccessHall,
  digits: string,
  wish: {
    compartment?: number;
    kiosk?: string;
    lease?: { uuid: string | null; generation: number } | undefined;
  } = {},
) {
  const lease = 'lease' in wish ? wish.lease : LEASE;
  return h.access.lockerCode(
    { kind: 'typed', compartment: wish.compartment ?? 5, digits },
    wish.kiosk ?? 'kiosk-1',
    lease,
  );
}
const OFF = (minutes: number) => ({ ok: false, refusal: { code: 'typed-codes-off', params: { minutes } } });
const WRONG = { ok: false, refusal: { code: 'code-wrong' } };

describe('typed locker codes', () => {
  it('[AC10] takes the 8 digits of the present generation, grouped or not, by the current or previous key', () => {
    const h = make();
    expect(type(h, right).ok).toBe(true);
    expect(type(h, `${right.slice(0, 4)} ${right.slice(4)}`).ok).toBe(true);
    expect(type(h, typedDigits(deriveKey(OLD_HALL_KEY, 'typed-code'), LEASE.uuid, 5, 0)).ok).toBe(true);
    expect(type(h, right, { lease: { ...LEASE, generation: 1 } })).toEqual(WRONG);
    expect(type(h, typedDigits(deriveKey(HALL_KEY, 'typed-code'), LEASE.uuid, 6, 0))).toEqual(WRONG);
  });

  it.each([
    ['wrong digits', '00000000', {}],
    ['seven digits', right.slice(1), {}],
    ['letters', 'abcdefgh', {}],
    ['no lease there', right, { lease: undefined }],
    ['no such compartment', right, { compartment: 99_999, lease: undefined }],
    ['compartment 0', right, { compartment: 0, lease: undefined }],
  ])('[AC11] %s: the same answer', (_, digits, wish) => {
    const h = make();
    expect(type(h, digits, wish)).toEqual(WRONG);
  });

  it('[AC11] the digits of an empty lease id open nothing, with or without a hall key', () => {
    const zero = '00000000-0000-0000-0000-000000000000';
    const h = make();
    expect(type(h, typedDigits(deriveKey(HALL_KEY, 'typed-code'), zero, 5, 0), { lease: undefined })).toEqual(
      WRONG,
    );
    const bare = make({ keys: false });
    const noKey = deriveKey(new Uint8Array(32), 'typed-code');
    expect(type(bare, typedDigits(noKey, zero, 5, 0), { lease: undefined })).toEqual(WRONG);
    expect(type(bare, typedDigits(noKey, LEASE.uuid, 5, 0))).toEqual(WRONG);
  });

  it('[AC11] an unknown compartment costs as much work as a wrong code', () => {
    const h = make();
    const allow = h.hall.store.db.prepare('DELETE FROM typed_limit');
    const time = (wish: Parameters<typeof type>[2]): number => {
      allow.run();
      const from = process.hrtime.bigint();
      type(h, '12345678', wish);
      return Number(process.hrtime.bigint() - from);
    };
    const known: number[] = [];
    const unknown: number[] = [];
    // One after the other, so that a busy machine slows both.
    for (let round = 0; round < 400; round += 1) {
      known.push(time({}));
      unknown.push(time({ compartment: 99_999, lease: undefined }));
    }
    const median = (all: number[]): number => all.slice(100).sort((a, b) => a - b)[150] ?? 0;
    const ratio = median(unknown) / median(known);
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.33);
  });

  it('[AC10] a lease known by its grant only asks for the QR', () => {
    const h = make();
    expect(type(h, right, { lease: { uuid: null, generation: 0 } })).toEqual({
      ok: false,
      refusal: { code: 'show-qr-instead' },
    });
  });

  it.each([
    ['a leased compartment', 5, LEASE],
    ['a compartment that does not exist', 4711, undefined],
  ])('[AC12] 5 wrong tries switch typing off for %s, also for the right code', (_, compartment, lease) => {
    const h = make();
    for (let count = 0; count < 5; count += 1)
      expect(type(h, '00000000', { compartment, lease })).toEqual(WRONG);
    expect(type(h, right, { compartment, lease })).toEqual(OFF(15));
    expect(type(h, '00000000', { compartment: 6, lease: undefined })).toEqual(WRONG);
    h.hall.clock.advance(15 * 60_000);
    expect(type(h, '00000000', { compartment, lease })).toEqual(WRONG);
  });

  it('[AC12] 20 wrong tries in an hour switch a kiosk off and raise an alarm; the other kiosk goes on', () => {
    const h = make();
    for (let count = 0; count < 20; count += 1)
      type(h, '00000000', { compartment: 100 + count, lease: undefined });
    expect(type(h, right)).toEqual(OFF(30));
    expect(type(h, right, { kiosk: 'kiosk-2' }).ok).toBe(true);
    expect(h.hall.raised.map((each) => each.kind)).toEqual(['typed-codes-off']);
    expect(
      h.hall.auditRows().some((each) => each.action === 'typed.off' && each.subject === 'kiosk:kiosk-1'),
    ).toBe(true);
  });

  it('[AC12] 100 wrong tries in the hall`s day leave staff only until midnight in the hall', () => {
    const h = make();
    for (let count = 0; count < 100; count += 1)
      type(h, '00000000', {
        compartment: 100 + count,
        kiosk: `kiosk-${String(count % 10)}`,
        lease: undefined,
      });
    // 10 o'clock in Shanghai: 14 hours to midnight.
    expect(type(h, right, { kiosk: 'kiosk-77' })).toEqual(OFF(14 * 60));
    h.hall.clock.advance(14 * 3_600_000);
    expect(type(h, right, { kiosk: 'kiosk-77' }).ok).toBe(true);
  });

  it('[AC12] counts outlive a restart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'access-'));
    try {
      const file = join(folder, 'hall.db');
      const before = makeAccessHall({ file });
      for (let count = 0; count < 5; count += 1) type(before, '00000000');
      before.hall.close();
      const after = makeAccessHall({ file });
      expect(type(after, right)).toEqual(OFF(15));
      after.hall.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('typed member number', () => {
  const enter = (h: AccessHall, memberNumber: string, phoneLast4: string, kiosk = 'kiosk-1') =>
    h.access.typedMember({ kind: 'member', memberNumber, phoneLast4 }, kiosk);
  const UNKNOWN = { ok: false, refusal: { code: 'member-unknown' } };

  it('[AC18] proves a member; an unknown number and a wrong phone get the same answer', () => {
    const h = make();
    expect(enter(h, '100001', '5678')).toEqual({ ok: true, value: ALICE });
    expect(enter(h, '100001', '0000')).toEqual(UNKNOWN);
    expect(enter(h, '999999', '5678')).toEqual(UNKNOWN);
    expect(enter(h, '999999', 'none')).toEqual(UNKNOWN);
  });

  it('[AC18] stands under the same limits, together with locker codes', () => {
    const h = make();
    for (let count = 0; count < 5; count += 1) enter(h, '100001', '0000');
    expect(enter(h, '100001', '5678')).toEqual(OFF(15));
    for (let count = 0; count < 15; count += 1)
      type(h, '00000000', { compartment: 100 + count, lease: undefined });
    expect(enter(h, '100002', '4321')).toEqual(OFF(30));
    expect(h.access.limits.allowed('kiosk-1')).toEqual(OFF(30));
    expect(h.access.limits.allowed('kiosk-2')).toEqual({ ok: true, value: true });
  });

  it('[AC18] a blocked member is sent to staff, after the proof and not before', () => {
    const h = make();
    h.hall.feed('member', { ...ALICE, blocked: true });
    expect(enter(h, '100001', '5678')).toEqual({ ok: false, refusal: { code: 'grant-revoked' } });
    expect(enter(h, '100001', '0000')).toEqual(UNKNOWN);
  });
});
