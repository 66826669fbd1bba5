import type { SyncView } from '../../contract/hall-api.ts';
import type { Words } from '../../contract/ids.ts';
import type { Clock, Millis, UnixMillis } from '../../contract/ports.ts';
import type { InboxPort, OutboxPort, SyncReportPort } from '../../contract/sync-ports.ts';
import type { ClockProof } from '../clock-trust.ts';
import type { Alarms, Live } from '../ports.ts';

type AlarmKind = Parameters<SyncReportPort['alarm']>[0];

const alarmWords: Readonly<Record<AlarmKind, Words>> = {
  'chain-broken': {
    zh: '上传的记录和中心接不上，已停止上传。请联系技术人员。',
    en: 'Our records do not continue what central holds; upload stopped. Call a technician.',
  },
  'checksum-mismatch': {
    zh: '和中心核对时发现不一致，已重新取数。',
    en: 'A check against central found a difference; the data was fetched anew.',
  },
  stalled: {
    zh: '网络是通的，但中心五分钟没有确认收到。请联系技术人员。',
    en: 'Connected, but central has confirmed nothing for five minutes. Call a technician.',
  },
  'clock-skew': {
    zh: '本机时间不准。请校对时间，扫码暂时按一次性核对。',
    en: 'This machine’s clock is off. Set it; until then each code is accepted once only.',
  },
  enrolment: {
    zh: '本机没能在中心登记。请让管理员重新生成登记码。',
    en: 'This hall could not enrol at central. Ask for a new enrolment code.',
  },
};

export interface SyncStatus extends SyncReportPort {
  view(): SyncView;
  /** Central's time as just heard, with the round trip it took: proves our clock, or says that it is off. */
  heardTime(central: UnixMillis, roundTrip: Millis): void;
}

/** How sync is doing, for home, desk and health [SY12]. `off`: no central is configured. */
export function createSyncStatus(parts: {
  readonly outbox: Pick<OutboxPort, 'waiting'>;
  readonly inbox: Pick<InboxPort, 'position'>;
  readonly trust: Pick<ClockProof, 'heardCentral'>;
  readonly alarms: Alarms;
  readonly live: Live;
  readonly clock: Clock;
}): SyncStatus {
  type Contact = Parameters<SyncReportPort['report']>[0];
  let contact: Contact = { central: 'offline', lastContactAt: null, nextTryAt: null, trouble: null };
  let skewTold = false;
  const alarm = (kind: AlarmKind): void => {
    parts.alarms.raise(kind, alarmWords[kind]);
  };
  return {
    report: (next) => {
      const changed = next.central !== contact.central || next.trouble !== contact.trouble;
      contact = next;
      if (changed) parts.live.changed('sync');
    },
    alarm,
    heardTime: (central, roundTrip) => {
      const good = parts.trust.heardCentral(central + roundTrip / 2);
      if (!good && !skewTold) alarm('clock-skew');
      skewTold = !good;
    },
    view: () => {
      const waiting = parts.outbox.waiting();
      const position = parts.inbox.position();
      if (waiting instanceof Promise || position instanceof Promise)
        throw new TypeError('the hall reads its own tables at once');
      return {
        ...contact,
        waitingFacts: waiting.count,
        oldestWaitingAt: waiting.oldestAt,
        quarantined: waiting.quarantined,
        cursor: position?.cursor ?? null,
      };
    },
  };
}
