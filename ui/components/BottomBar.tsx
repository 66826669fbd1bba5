import type { ReactNode } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import type { TextSize } from '../tokens/panel.ts';
import './sign.css';

export interface BottomBarProps {
  /** Absent: the button stands there, disabled, so that nothing moves between pages. */
  onHome?: (() => void) | undefined;
  onBack?: (() => void) | undefined;
  onLanguage: () => void;
  textSize: TextSize;
  onTextSize: () => void;
  reading: boolean;
  /** Absent where the machine has no voice. */
  onRead?: ((reading: boolean) => void) | undefined;
  lowReach: boolean;
  onLowReach: (on: boolean) => void;
  /** Somebody has been called and has not come yet. */
  called: boolean;
  onCall: () => void;
  onWipe: () => void;
}

/** The same eight buttons at the foot of every page, in the same places (WCAG 3.2.6). */
export function BottomBar(props: BottomBarProps): ReactNode {
  const { t } = useTranslation('frame');
  const size = { standard: 'sizeStandard', large: 'sizeLarge', elderly: 'sizeElderly' } as const;
  const next = { standard: 'textStandard', large: 'textLarge', elderly: 'textElderly' } as const;
  return (
    <nav className="bottom-bar" aria-label={t('bar')}>
      <BarButton pictogram="home" word={t('home')} onPress={props.onHome} />
      <BarButton pictogram="back" word={t('back')} onPress={props.onBack} />
      <Button className="bar-button" onPress={props.onLanguage}>
        <span className="bar-button__mark">{t('languageMark')}</span>
        <span>{t('language')}</span>
        <span className="sr-only">{t('languageLabel')}</span>
      </Button>
      <Button
        className="bar-button"
        onPress={props.onTextSize}
        {...(props.textSize === 'standard' ? {} : { 'data-selected': true })}
      >
        <span className="bar-button__mark">{t('textMark')}</span>
        <span>{t(next[props.textSize])}</span>
        <span className="sr-only">{t('textLabel', { size: t(size[props.textSize]) })}</span>
      </Button>
      <ToggleButton
        className="bar-button"
        isSelected={props.reading}
        isDisabled={props.onRead === undefined}
        onChange={(on) => props.onRead?.(on)}
      >
        <Pictogram name={props.reading ? 'speaker-stop' : 'speaker'} />
        <span>{props.reading ? t('stopReading') : t('readAloud')}</span>
      </ToggleButton>
      <ToggleButton className="bar-button" isSelected={props.lowReach} onChange={props.onLowReach}>
        <Pictogram name="low-reach" />
        <span>{t('lowReach')}</span>
      </ToggleButton>
      <Button className="bar-button bar-button--help" onPress={props.onCall}>
        <Pictogram name={props.called ? 'check' : 'call-staff'} />
        <span>
          <span>{props.called ? t('called1') : t('callStaff1')}</span>{' '}
          <span>{props.called ? t('called2') : t('callStaff2')}</span>
        </span>
      </Button>
      <Button className="bar-button" onPress={props.onWipe}>
        <Pictogram name="exit" />
        <span>
          <span>{t('wipe1')}</span>
          {t('wipe2').startsWith('&') ? ' ' : ''}
          <span>{t('wipe2')}</span>
        </span>
      </Button>
    </nav>
  );
}

interface BarButtonProps {
  pictogram: PictogramName;
  word: string;
  onPress: (() => void) | undefined;
}

function BarButton({ pictogram, word, onPress }: BarButtonProps): ReactNode {
  return (
    <Button className="bar-button" isDisabled={onPress === undefined} onPress={() => onPress?.()}>
      <Pictogram name={pictogram} />
      <span>{word}</span>
    </Button>
  );
}
