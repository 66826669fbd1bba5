import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { Bench } from './rows.ts';
import { rounded } from './rows.ts';

/** Resident memory of the one default hall process (broker, gateway and sync inside) a minute after its start. */
export const idleMemoryBench: Bench = {
  names: ['idle-memory'],
  run: async ({ say }) => {
    const dir = mkdtempSync(join(tmpdir(), 'union-hall-bench-'));
    const house = await startHouse({ dir, withCentral: false });
    try {
      // The very first start after an installation also strips types, which takes about 25 MB more.
      await house.stopHall();
      await house.startHall();
      say('idle-memory: waiting 60 s');
      await sleep(systemClock, 60_000);
      const status = readFileSync(`/proc/${String(house.hallPid())}/status`, 'utf8');
      const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
      return [
        {
          name: 'idle-memory',
          unit: 'MB',
          value: rounded((kibibytes * 1024) / 1e6),
          target: 'under 150 MB',
          note: 'kiosk page and central excluded; from the second start on',
        },
      ];
    } finally {
      await house.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
