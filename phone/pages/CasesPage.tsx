import type { ReactNode } from 'react';
import { Notice } from '../../ui/components/Notice.tsx';
import { EmptyState } from '../../ui/components/Waiting.tsx';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { Page } from '../frame/PhoneFrame.tsx';
import { AskProgress } from './AskProgress.tsx';
import { CaseLine } from './CaseLine.tsx';

/** Applications and how far they are, following one by its receipt, and all notices. */
export function CasesPage(): ReactNode {
  const { view } = usePhone();
  const { t, say } = useWords(view.hall.timeZone);
  return (
    <Page pictogram="service" title={t('cases.title')}>
      <section>
        <h2 className="section-title">{t('cases.mine')}</h2>
        {view.applications.length === 0 ? (
          <EmptyState pictogram="service" title={t('cases.empty')} detail={t('cases.emptyDetail')} />
        ) : (
          <ul>
            {view.applications.map((each) => (
              <li key={each.number}>
                <CaseLine each={each} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <AskProgress />
      {view.notices.length === 0 ? null : (
        <section className="stack stack--tight">
          <h2 className="section-title">{t('cases.notices')}</h2>
          {view.notices.map((notice) => (
            <Notice
              key={notice.id}
              kind="attention"
              title={say(notice.message)}
              {...(notice.alternative === null
                ? {}
                : { detail: t('today.instead', { words: say(notice.alternative) }) })}
            />
          ))}
        </section>
      )}
    </Page>
  );
}
