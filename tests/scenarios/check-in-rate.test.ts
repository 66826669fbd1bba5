import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toInstant } from '../../contract/time.ts';
import { systemClock } from '../../platform/system.ts';
import { makeAccessHall } from '../support/hall-access.ts';

/** Signature, moving part, state and one durable commit on a real file; the raw durable commits of the same disk beside it. */
describe('check-in rate', () => {
  it('[CI9] four kiosks check in well over 20 people a second, each within 200 ms', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rate-'));
    const h = makeAccessHall({ file: join(folder, 'hall.db') });
    try {
      const start = h.hall.clock.now();
      h.hall.feed('session', {
        number: 7,
        activity: { zh: '课', en: 'Class' },
        startsAt: toInstant(start),
        endsAt: toInstant(start + 7_200_000),
        capacity: 60_000,
        taken: 0,
        checkInBefore: 30,
        checkInAfter: 60,
        unit: 'u',
        room: '1',
        cancelled: false,
      });
      const people = 400;
      const codes = Array.from({ length: people }, (_, index) =>
        h.qr(h.grant('check-in', 7, { memberRef: (index + 1).toString(16).padStart(12, '0') })),
      );
      const times: number[] = [];
      const from = systemClock.monotonic();
      codes.forEach((text, index) => {
        const before = systemClock.monotonic();
        expect(h.checkIns.byQr(text, `kiosk-${String(1 + (index % 4))}`).ok).toBe(true);
        times.push(systemClock.monotonic() - before);
      });
      const rate = people / ((systemClock.monotonic() - from) / 1000);
      times.sort((a, b) => a - b);
      const p50 = times[Math.floor(people * 0.5)] ?? 0;
      const p99 = times[Math.floor(people * 0.99)] ?? 0;

      const raw = h.hall.store.db.prepare(
        "INSERT INTO setting (name, value) VALUES ('raw', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      );
      const rawFrom = systemClock.monotonic();
      for (let index = 0; index < people; index += 1) raw.run(String(index));
      const rawRate = people / ((systemClock.monotonic() - rawFrom) / 1000);
      process.stdout.write(
        `check-in: ${rate.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; raw durable commits ${rawRate.toFixed(0)}/s\n`,
      );
      expect(rate).toBeGreaterThan(20);
      expect(p99).toBeLessThan(200);
    } finally {
      h.hall.close();
      rmSync(folder, { recursive: true });
    }
  });
});
