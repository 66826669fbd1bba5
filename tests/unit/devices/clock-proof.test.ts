import { describe, expect, test } from 'vitest';
import { createClockProof } from '../../../devices/clock-proof.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('the clock proof', () => {
  test('[DV17] nothing is proved before the hall has spoken', () => {
    expect(createClockProof(createVirtualClock()).proved()).toBe(false);
  });

  test.each([
    [0, true],
    [1_000, true],
    [-1_000, true],
    [1_001, false],
    [-1_001, false],
  ])('[DV17] a difference of %i ms proves: %s', (difference, proves) => {
    const clock = createVirtualClock();
    const proof = createClockProof(clock);
    expect(proof.heard(clock.now() + difference)).toBe(proves);
    expect(proof.proved()).toBe(proves);
  });

  test('[DV17] a differing word withdraws an earlier proof', () => {
    const clock = createVirtualClock();
    const proof = createClockProof(clock);
    proof.heard(clock.now());
    proof.heard(clock.now() + 5_000);
    expect(proof.proved()).toBe(false);
  });

  test('[DV17] a clock that was set is unproved at once, and stays so until the hall agrees', () => {
    const clock = createVirtualClock();
    const proof = createClockProof(clock);
    proof.heard(clock.now());
    clock.jump(-600);
    expect(proof.proved()).toBe(false);
    clock.jump(600);
    expect(proof.proved()).toBe(false);
    proof.heard(clock.now());
    expect(proof.proved()).toBe(true);
  });

  test('[DV17] a hall that fell quiet proves nothing after 35 s', () => {
    const clock = createVirtualClock();
    const proof = createClockProof(clock);
    proof.heard(clock.now());
    clock.advance(35_000);
    expect(proof.proved()).toBe(true);
    clock.advance(1);
    expect(proof.proved()).toBe(false);
  });
});
