import type { ReactNode } from 'react';
import { useWords } from '../board/words.ts';
import { CaseQuestion } from './CaseQuestion.tsx';
import { HelpQuestion } from './HelpQuestion.tsx';
import { ReviewQuestion } from './ReviewQuestion.tsx';
import { SyncQuestion } from './SyncQuestion.tsx';
import { TroubleQuestion } from './TroubleQuestion.tsx';
import './now.css';

/** The five questions of the desk, each with its figure and one action. */
export function NowPage(): ReactNode {
  const { t } = useWords();
  return (
    <div className="now">
      <h1 className="sr-only">{t('now.title')}</h1>
      <HelpQuestion />
      <CaseQuestion />
      <TroubleQuestion />
      <SyncQuestion />
      <ReviewQuestion />
    </div>
  );
}
