import type { ReactNode } from 'react';
import type { LeaseView } from '../../contract/hall-api.ts';
import { fromInstant } from '../../contract/time.ts';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';

/** A lease in words: how it stands and until when; past its end with the triangle. */
export function LeaseWords({ lease }: { lease: LeaseView | null }): ReactNode {
  const { t, when } = useWords();
  const now = useHallNow();
  if (lease === null) return <span className="desk-quiet">{t('places.noLease')}</span>;
  const time = when(lease.endsAt, now);
  return (
    <>
      {t(`places.leaseState.${lease.state}`)}
      <small>
        {fromInstant(lease.endsAt) < now ? (
          <StateMark state="attention" word={t('places.leaseOverdue', { time })} />
        ) : (
          t('places.leaseUntil', { time })
        )}
      </small>
    </>
  );
}
