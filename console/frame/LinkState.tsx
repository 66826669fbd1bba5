import type { ReactNode } from 'react';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';

/** How the hall stands with central, in words and a shape, in the band of every page. */
export function LinkState(): ReactNode {
  const { t, when } = useWords();
  const { sync } = useDesk();
  const now = useHallNow();
  const ok = sync.central === 'online';
  const words = ((): string => {
    switch (sync.central) {
      case 'online':
        return sync.lastContactAt === null
          ? t('link.onlineNever')
          : t('link.online', { time: when(sync.lastContactAt, now) });
      case 'offline':
        return t('link.offline', { count: sync.waitingFacts });
      case 'stalled':
      case 'refused':
        return t(`link.${sync.central}`);
    }
  })();
  return (
    <span className={`desk-link-state${ok ? '' : ' desk-link-state--attention'}`}>
      <Pictogram name={ok ? 'ok' : 'warning'} />
      <span>{words}</span>
    </span>
  );
}
