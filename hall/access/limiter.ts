import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { addDays, atLocal, localDay, startOfDay } from '../../contract/local-time.ts';
import type { HallContext, TryLimits } from '../ports.ts';
import type { AccessStore } from './access.store.ts';
import { afterRight, afterWrong, hallLimit, kioskLimit, offMinutes, subjectLimit } from './limits.rules.ts';
import type { LimitRule } from './limits.rules.ts';

export interface Limiter extends TryLimits {
  /** `subject`: what was guessed at, e.g. `compartment:12` or `member:100001`, whether it exists or not. */
  allowed(kiosk: string, subject?: string): Result<true>;
  /** Counted and durable before the answer leaves the hall. */
  wrong(kiosk: string, subject?: string): void;
  right(subject: string): void;
}

const HALL_SCOPE = 'hall';

/** Wrong tries of everything typed, counted in the database so that a restart forgets none [AC12]. */
export function createLimiter(
  context: Pick<HallContext, 'config' | 'clock' | 'store' | 'alarms'>,
  rows: AccessStore,
): Limiter {
  const { config, clock, store, alarms } = context;

  const scopes = (kiosk: string, subject: string | undefined): [string, LimitRule][] => [
    [HALL_SCOPE, hallLimit],
    [`kiosk:${kiosk}`, kioskLimit],
    ...(subject === undefined ? [] : ([[subject, subjectLimit]] as [string, LimitRule][])),
  ];

  return {
    allowed: (kiosk, subject) => {
      const now = clock.now();
      let minutes = 0;
      for (const [scope] of scopes(kiosk, subject))
        minutes = Math.max(minutes, offMinutes(rows.limit(scope), now) ?? 0);
      return minutes === 0 ? accepted(true) : refused('typed-codes-off', { minutes });
    },
    wrong: (kiosk, subject) => {
      const now = clock.now();
      const zone = config.timeZone;
      const day = {
        start: startOfDay(now, zone),
        end: atLocal(addDays(localDay(now, zone), 1), '00:00', zone),
      };
      store.transaction((tx) => {
        for (const [scope, rule] of scopes(kiosk, subject)) {
          const { state, reached } = afterWrong(rule, rows.limit(scope), now, day);
          rows.putLimit(scope, state);
          if (!reached) continue;
          tx.audit({
            actor: `kiosk:${kiosk}`,
            action: 'typed.off',
            subject: scope,
            detail: { level: state.level },
          });
          if (rule.alarm) tx.afterCommit(() => alarms.raise('typed-codes-off', alarmWords(rule, kiosk)));
        }
        return undefined;
      });
    },
    right: (subject) => {
      const before = rows.limit(subject);
      // The common case, no wrong try before, costs no commit.
      if (before.wrong.length === 0) return;
      store.transaction(() => {
        rows.putLimit(subject, afterRight(before, clock.now()));
        return undefined;
      });
    },
  };
}

function alarmWords(rule: LimitRule, kiosk: string): { zh: string; en: string } {
  if (rule.scope === 'hall')
    return {
      zh: '今天全馆输错 100 次，输码已停用到明天。请人工开柜。',
      en: '100 wrong codes in this hall today: typing is off until tomorrow. Open lockers by staff.',
    };
  return {
    zh: `${kiosk} 一小时输错 20 次，输码停用 30 分钟。请去看一下。`,
    en: `20 wrong codes in an hour at ${kiosk}: typing is off for 30 minutes. Please have a look.`,
  };
}
