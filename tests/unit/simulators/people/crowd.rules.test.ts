import { describe, expect, test } from 'vitest';
import { planCrowd } from '../../../../simulators/people/crowd.rules.ts';
import { seededFraction } from '../../../../simulators/seeded-fraction.ts';

const mobiles = Array.from({ length: 1000 }, (_, index) => String(13_900_000_000 + index));
const crowd = (seed: number) => planCrowd(mobiles, 2, 60_000, seededFraction(seed));

describe('a simulated crowd', () => {
  test('the same seed makes the same people, another seed others', () => {
    expect(crowd(1)).toEqual(crowd(1));
    expect(crowd(1)).not.toEqual(crowd(2));
  });

  test('everybody comes in the first half, to a kiosk that exists', () => {
    const plans = crowd(3);
    expect(Math.min(...plans.map((each) => each.comesAfter))).toBeGreaterThanOrEqual(6000);
    expect(Math.max(...plans.map((each) => each.comesAfter))).toBeLessThanOrEqual(30_000);
    expect(new Set(plans.map((each) => each.kiosk))).toEqual(new Set([0, 1]));
    expect(Math.max(...plans.map((each) => each.stays))).toBeLessThanOrEqual(12_000);
  });

  test('some forget, some come late, some rent: in the shares that were meant', () => {
    const plans = crowd(4);
    const share = (has: (plan: (typeof plans)[number]) => boolean) => plans.filter(has).length / plans.length;
    expect(share((each) => each.forgetsToCome)).toBeCloseTo(0.15, 1);
    expect(share((each) => each.returns === 'late')).toBeCloseTo(0.15, 1);
    expect(share((each) => each.returns === 'never')).toBeCloseTo(0.15, 1);
    expect(share((each) => each.rents === 'at-the-kiosk')).toBeCloseTo(0.35, 1);
    expect(share((each) => each.showsOldPicture)).toBeCloseTo(0.1, 1);
  });
});
