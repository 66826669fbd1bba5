import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import type { Alarms, Log, Store } from '../ports.ts';
import { verifyAudit } from './audit-check.ts';
import type { Outbox } from './outbox.ts';
import { createSettings } from './settings.ts';

/** First round this long after a start, when the hall has settled; then once a day. */
const FIRST_MS: Millis = 5 * 60_000;
const EVERY_MS: Millis = 24 * 3_600_000;
const NOTED = 'audit-noted';

/** Daily: facts long acknowledged are pruned, the audit chain is checked against what was noted before, the log file is folded in. */
export function startMaintenance(parts: {
  readonly store: Store;
  readonly outbox: Pick<Outbox, 'prune'>;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly log: Log;
}): CancelTimer {
  const { store, outbox, clock, alarms, log } = parts;
  const settings = createSettings(store.db);
  let cancel: CancelTimer = () => undefined;

  const round = (): void => {
    cancel = clock.after(EVERY_MS, round);
    try {
      const removed = outbox.prune();
      const noted = settings.get(NOTED);
      const found = verifyAudit(
        store.db,
        noted === undefined ? undefined : (JSON.parse(noted) as { rows: number; hash: string }),
      );
      if (found.fault === undefined)
        settings.set(NOTED, JSON.stringify({ rows: found.rows, hash: found.hash }));
      else {
        log.error({ fault: found.fault }, 'the audit does not hold together');
        alarms.raise('audit-broken', {
          zh: '操作记录核对不上，请立即联系管理员。',
          en: 'The audit trail does not check out. Call the administrator at once.',
        });
      }
      store.db.pragma('wal_checkpoint(TRUNCATE)');
      log.info({ removed, auditRows: found.rows }, 'daily maintenance done');
    } catch (error) {
      log.error(
        { error: error instanceof Error ? error.message : String(error) },
        'daily maintenance failed',
      );
    }
  };
  cancel = clock.after(FIRST_MS, round);
  return () => {
    cancel();
  };
}
