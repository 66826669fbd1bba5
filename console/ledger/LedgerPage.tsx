import type { ReactNode } from 'react';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { Table } from '../../ui/components/Table.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { ReviewList } from './ReviewList.tsx';
import { useTryNow } from './use-try-now.ts';
import './ledger.css';

/** How this hall stands with central, and what people must look at. */
export function LedgerPage(): ReactNode {
  return (
    <div className="ledger">
      <SyncPanel />
      <ReviewList />
      <ParkedList />
    </div>
  );
}

/** Troubles we have a sentence for; the code stays beside it for whoever repairs. */
const KNOWN_TROUBLES = [
  'sync-process-missing',
  'not-enrolled',
  'enrol-code-wrong',
  'signature-wrong',
  'clock-skew',
  'chain-broken',
] as const;

function isKnownTrouble(code: string): code is (typeof KNOWN_TROUBLES)[number] {
  return KNOWN_TROUBLES.some((known) => known === code);
}

/** What waits, since when, and what happens next [CN13]. */
function SyncPanel(): ReactNode {
  const { t, ago, when } = useWords();
  const { sync } = useDesk();
  const now = useHallNow();
  const { tryNow, pending } = useTryNow();
  useShortcut('s', t('keys.syncNow'), tryNow);
  const facts: [string, string][] = [
    [t('ledger.oldest'), sync.oldestWaitingAt === null ? '—' : ago(sync.oldestWaitingAt, now)],
    [t('ledger.last'), ago(sync.lastContactAt, now)],
    [t('ledger.next'), sync.nextTryAt === null ? '—' : when(sync.nextTryAt, now)],
    [t('ledger.cursor'), sync.cursor ?? '—'],
    [t('ledger.quarantined'), String(sync.quarantined)],
  ];
  return (
    <section className="sync-panel" aria-labelledby="sync-title">
      <div className="page-head">
        <h1 id="sync-title">{t('ledger.title')}</h1>
        <StateMark
          state={sync.central === 'online' ? 'ok' : 'attention'}
          word={t(`ledger.state.${sync.central}`)}
        />
      </div>
      <p className="question__answer">
        <strong>{sync.waitingFacts}</strong>
        <span>
          <b>{t('ledger.waiting')}</b>
          <small>{t(`ledger.stateDetail.${sync.central}`)}</small>
        </span>
      </p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {sync.trouble === null ? null : (
          <div>
            <dt>{t('ledger.trouble')}</dt>
            <dd>
              {isKnownTrouble(sync.trouble) ? t(`ledger.troubles.${sync.trouble}`) : null}{' '}
              <code lang="en">{sync.trouble}</code>
            </dd>
          </div>
        )}
      </dl>
      <ActionButton
        kind="primary"
        label={t('ledger.tryNow')}
        shortcut="S"
        isPending={pending}
        onPress={tryNow}
      />
    </section>
  );
}

function ParkedList(): ReactNode {
  const { t, when } = useWords();
  const { parked } = useDesk();
  const now = useHallNow();
  return (
    <section className="parked">
      <Table
        caption={t('ledger.parked')}
        rows={parked}
        rowKey={(each) => `${each.type}-${String(each.seq)}`}
        empty={t('ledger.parkedEmpty')}
        columns={[
          { id: 'at', title: t('ledger.parkedAt'), cell: (each) => when(each.at, now) },
          { id: 'type', title: t('ledger.parkedType'), cell: (each) => each.type },
          { id: 'reason', title: t('ledger.parkedReason'), cell: (each) => each.reason },
          { id: 'seq', title: t('ledger.parkedSeq'), number: true, cell: (each) => String(each.seq) },
        ]}
      />
      {parked.length === 0 ? null : <p className="desk-note">{t('ledger.parkedDetail')}</p>}
    </section>
  );
}
