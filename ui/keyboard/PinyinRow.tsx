import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { Candidate } from './pinyin-engine.ts';

export interface PinyinRowProps {
  typed: string;
  /** The letters cut into syllables. */
  split: string;
  candidates: readonly Candidate[];
  status: 'ready' | 'loading' | 'failed';
  onPick: (text: string, consumed: number) => void;
}

/** What has been typed and the words it may mean; "more" opens a page of them over the keys. */
export function PinyinRow({ typed, split, candidates, status, onPick }: PinyinRowProps): ReactNode {
  const { t } = useTranslation('keyboard');
  const [open, setOpen] = useState(false);
  useEffect(() => {
    setOpen(false);
  }, [typed]);
  const shown = candidates.slice(0, open ? 60 : 9);
  return (
    <div className={`pinyin${open ? ' pinyin--open' : ''}`}>
      <p className="pinyin__typed">{split}</p>
      <div className="pinyin__words" role="group" aria-label={t('candidates')}>
        {shown.map((candidate, index) => (
          <Button
            key={candidate.text}
            className={`key pinyin__word${index === 0 ? ' pinyin__word--first' : ''}`}
            onPress={() => onPick(candidate.text, candidate.consumed)}
          >
            {candidate.text}
          </Button>
        ))}
        {shown.length > 0 ? null : (
          <p className="pinyin__hint" role="status">
            {status === 'failed'
              ? t('failed')
              : status === 'loading'
                ? t('loading')
                : typed === ''
                  ? t('hint')
                  : t('noCandidates')}
          </p>
        )}
      </div>
      {candidates.length > 6 ? (
        <Button className="key key--word key--quiet pinyin__more" onPress={() => setOpen(!open)}>
          <span>{open ? t('less') : t('more')}</span>
          <Pictogram name={open ? 'arrow-up' : 'arrow-down'} />
        </Button>
      ) : null}
    </div>
  );
}
