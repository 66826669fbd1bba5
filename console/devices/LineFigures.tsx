import type { ReactNode } from 'react';
import type { LineStatistics } from '../../contract/messages.ts';
import { useWords } from '../board/words.ts';

/** What a line has seen since its gateway started, for whoever asks: folded until then [CN23]. */
export function LineFigures({ line }: { line: LineStatistics }): ReactNode {
  const { t } = useWords();
  const { frames, queries, unanswered, badBytes, unlocks, answerMs } = line;
  return (
    <details className="line-figures">
      <summary>{t('devices.line.title')}</summary>
      <dl>
        <dt>{t('devices.line.frames')}</dt>
        <dd>{frames}</dd>
        <dt>{t('devices.line.unanswered')}</dt>
        <dd>{t('devices.line.of', { some: unanswered, all: queries })}</dd>
        <dt>{t('devices.line.badBytes')}</dt>
        <dd>{badBytes}</dd>
        <dt>{t('devices.line.unlocks')}</dt>
        <dd>{unlocks}</dd>
        {answerMs === undefined ? null : (
          <>
            <dt>{t('devices.line.answers')}</dt>
            <dd>
              {t('devices.line.answerMs', { p50: answerMs.p50.toFixed(0), p99: answerMs.p99.toFixed(0) })}
            </dd>
          </>
        )}
      </dl>
    </details>
  );
}
