import { create } from 'qrcode';
import { describe, expect, test } from 'vitest';
import { decodeQr, encodeGrant, movingTag, stepOf } from '../../../contract/access-code.ts';
import { toInstant } from '../../../contract/time.ts';
import { clockOffset, correctedClock } from '../../../phone/rules/central-time.rules.ts';
import { grantTime, movingCode } from '../../../phone/rules/moving-code.rules.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const NOW = Date.parse('2026-11-24T02:00:10Z');
const secret = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
const signature = Uint8Array.from({ length: 64 }, (_, index) => 255 - index);
const signed = encodeGrant({
  keyId: 1,
  hall: 0xffff_ffff,
  purpose: 'booking',
  grantId: 'ffeeddccbbaa9988',
  memberRef: 'ffffffffffff',
  target: 0xffff,
  notBefore: Math.floor(NOW / 1000),
  minutes: 60,
  printed: false,
});
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const grant = { signed: base64(Uint8Array.from([...signed, ...signature])), secret: base64(secret) };

describe('the moving code', () => {
  test('[PP1] carries the grant as signed, the time of its step and the tag of that step', () => {
    const code = movingCode(grant, NOW);
    const scanned = decodeQr(code?.text ?? '');
    if (typeof scanned === 'string') throw new Error(scanned);
    expect(base64(scanned.signed)).toBe(base64(signed));
    expect(base64(scanned.signature)).toBe(base64(signature));
    const step = stepOf(NOW / 1000);
    expect(scanned.moving?.time).toBe(step * 30);
    expect(base64(scanned.moving?.tag ?? new Uint8Array())).toBe(base64(movingTag(secret, step)));
  });

  test('[PP1] stands for 30 seconds, then is another', () => {
    const begin = Math.floor(NOW / 30_000) * 30_000;
    expect(movingCode(grant, begin)?.secondsLeft).toBe(30);
    expect(movingCode(grant, begin + 29_999)?.secondsLeft).toBe(1);
    expect(movingCode(grant, begin + 29_999)?.text).toBe(movingCode(grant, begin)?.text);
    expect(movingCode(grant, begin + 30_000)?.text).not.toBe(movingCode(grant, begin)?.text);
    expect(movingCode(grant, begin - 1)?.text).not.toBe(movingCode(grant, begin)?.text);
  });

  test('[PP1] fits a version 7 QR at level M, whatever the bytes', () => {
    for (let hour = 0; hour < 40; hour += 1) {
      const text = movingCode(grant, NOW + hour * 3_599_000)?.text ?? '';
      expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
      expect(create(text, { errorCorrectionLevel: 'M' }).version).toBeLessThanOrEqual(7);
    }
  });

  test('[PP1] is not drawn from bytes that are no signed grant', () => {
    expect(movingCode({ ...grant, signed: base64(signed) }, NOW)).toBeUndefined();
  });

  test('[PP10] a grant is early, works, or is over', () => {
    const times = { notBefore: toInstant(NOW), notAfter: toInstant(NOW + 60_000) };
    expect(grantTime(times, NOW - 1)).toBe('early');
    expect(grantTime(times, NOW)).toBe('now');
    expect(grantTime(times, NOW + 60_000)).toBe('now');
    expect(grantTime(times, NOW + 60_001)).toBe('over');
  });
});

describe('central time', () => {
  test('[PP2] the offset is taken halfway between asking and answer, and carries the phone on', () => {
    const clock = createVirtualClock();
    const wrong = clock.now();
    const central = wrong + 600_000;
    const offset = clockOffset(wrong - 200, wrong, central);
    expect(offset).toBe(600_100);
    expect(correctedClock(clock, offset).now()).toBe(central + 100);
    clock.advance(5000);
    expect(correctedClock(clock, offset).now()).toBe(central + 5100);
  });
});
