import { expect, test } from 'vitest';
import { sendScan } from '../../../../simulators/scanner/scanner.ts';
import { hexText } from '../../../support/hex.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

test('a scan takes the time of its line and carries acknowledgement, code and tail', async () => {
  const clock = createVirtualClock();
  const out: number[] = [];
  let done = false;
  void sendScan('AB', { baudRate: 9_600, tail: 'crlf', ack: true }, clock, (bytes) =>
    out.push(...bytes),
  ).then(() => {
    done = true;
  });
  await clock.advanceAsync(11 * (10_000 / 9_600) - 0.1);
  expect(out.length).toBe(10);
  expect(done).toBe(false);
  await clock.advanceAsync(2);
  expect(hexText(out)).toBe('02 00 00 01 00 33 31 41 42 0D 0A');
  expect(done).toBe(true);
});
