import { readFileSync, statSync } from 'node:fs';
import type { MachineClock } from './clock-trust.ts';

/** systemd-timesyncd touches this file at every synchronisation; /run is empty after a boot. */
const NTP_MARK = '/run/systemd/timesync/synchronized';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** What this machine knows about its clock. Where there is no boot id, every process start counts as a boot. */
export function machineClock(fallbackBootId: string): MachineClock {
  return {
    bootId: readBootId() ?? fallbackBootId,
    ntpSyncedAt: () => statSync(NTP_MARK, { throwIfNoEntry: false })?.mtimeMs,
  };
}

function readBootId(): string | undefined {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return undefined;
  }
}
