import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { NumPad } from '../components/NumPad.tsx';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import { loadPinyinEngine } from './load-engine.ts';
import { PinyinRow } from './PinyinRow.tsx';
import type { PinyinEngine } from './pinyin-engine.ts';
import './keyboard.css';

export type KeyboardMode = 'digits' | 'id' | 'english' | 'pinyin';

export interface ScreenKeyboardProps {
  /** Which keys fit the question; letters may be switched by the person. */
  mode: KeyboardMode;
  /** `name` ranks family names first. */
  words?: 'text' | 'name';
  value: string;
  onChange: (value: string) => void;
  onDone?: () => void;
  maxLength?: number;
  /** Another engine, for tests or halls that have one. */
  engine?: PinyinEngine;
}

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

/** The keyboard above the bottom bar. It edits the value it is given; pinyin waits in its own row. */
export function ScreenKeyboard(props: ScreenKeyboardProps): ReactNode {
  const { value, onChange, maxLength = 500 } = props;
  const { t } = useTranslation('keyboard');
  const [mode, setMode] = useState(props.mode);
  const [capitals, setCapitals] = useState(false);
  const [typed, setTyped] = useState('');
  const [engine, setEngine] = useState<PinyinEngine | 'loading' | 'failed'>(props.engine ?? 'loading');

  useEffect(() => {
    setMode(props.mode);
    setTyped('');
  }, [props.mode]);
  useEffect(() => {
    if (mode !== 'pinyin' || props.engine !== undefined) return;
    let current = true;
    loadPinyinEngine().then(
      (loaded) => {
        if (current) setEngine(loaded);
      },
      () => {
        if (current) setEngine('failed');
      },
    );
    return () => {
      current = false;
    };
  }, [mode, props.engine]);

  const append = (text: string): void => {
    if ([...value].length + [...text].length <= maxLength) onChange(value + text);
  };
  const backspace = (): void => {
    if (typed !== '') setTyped(typed.slice(0, -1));
    else onChange([...value].slice(0, -1).join(''));
  };
  const clear = (): void => {
    setTyped('');
    onChange('');
  };
  const ready = typeof engine === 'object' ? engine : undefined;
  const candidates = typed === '' ? [] : (ready?.candidates(typed, { mode: props.words ?? 'text' }) ?? []);
  const pick = (text: string, consumed: number): void => {
    append(text);
    setTyped(typed.slice(consumed));
  };
  const letter = (key: string): void => {
    if (mode === 'pinyin') setTyped((before) => (before.length < 40 ? before + key : before));
    else append(capitals ? key.toUpperCase() : key);
  };
  const space = (): void => {
    const first = candidates[0];
    if (mode === 'pinyin' && typed !== '') {
      if (first !== undefined) pick(first.text, first.consumed);
    } else append(' ');
  };

  if (mode === 'digits' || mode === 'id') {
    return (
      <div className="keyboard keyboard--digits" role="group" aria-label={t('keyboard')}>
        <NumPad onDigit={append} onBackspace={backspace} onClear={clear} withX={mode === 'id'} />
        {props.mode === 'pinyin' || props.mode === 'english' || props.onDone !== undefined ? (
          <div className="keyboard__side">
            {props.mode === 'pinyin' || props.mode === 'english' ? (
              <Button className="key key--word key--quiet" onPress={() => setMode(props.mode)}>
                {t('letters')}
              </Button>
            ) : null}
            {props.onDone === undefined ? null : (
              <Button className="key key--word key--quiet" onPress={props.onDone}>
                {t('done')}
              </Button>
            )}
          </div>
        ) : null}
      </div>
    );
  }
  return (
    <div className="keyboard" role="group" aria-label={t('keyboard')}>
      {mode === 'pinyin' ? (
        <PinyinRow
          typed={typed}
          split={ready?.split(typed).join(' ') ?? typed}
          candidates={candidates}
          status={typeof engine === 'string' ? engine : 'ready'}
          onPick={pick}
        />
      ) : null}
      {ROWS.map((row, index) => (
        <div className="keyboard__row" key={row}>
          {index === 2 ? (
            mode === 'pinyin' ? (
              <Button className="key key--word key--quiet key--wide" onPress={() => letter("'")}>
                {t('separator')}
              </Button>
            ) : (
              <ToggleButton
                className="key key--word key--quiet key--wide"
                isSelected={capitals}
                onChange={setCapitals}
              >
                {t('shift')}
              </ToggleButton>
            )
          ) : null}
          {[...row].map((key) => (
            <Button className="key" key={key} onPress={() => letter(key)}>
              {capitals && mode === 'english' ? key.toUpperCase() : key}
            </Button>
          ))}
          {index === 2 ? (
            <Button className="key key--quiet key--wide" aria-label={t('backspace')} onPress={backspace}>
              <Pictogram name="backspace" />
            </Button>
          ) : null}
        </div>
      ))}
      <div className="keyboard__row">
        <Button className="key key--word key--quiet" onPress={() => setMode('digits')}>
          {t('digits')}
        </Button>
        <Button
          className="key key--word key--quiet"
          onPress={() => {
            setTyped('');
            setMode(mode === 'pinyin' ? 'english' : 'pinyin');
          }}
        >
          {mode === 'pinyin' ? t('english') : t('chinese')}
        </Button>
        <Button className="key key--word key--space" onPress={space}>
          {mode === 'pinyin' ? t('spacePick') : t('space')}
        </Button>
        {props.onDone === undefined ? null : (
          <Button className="key key--word key--quiet" onPress={props.onDone}>
            {t('done')}
          </Button>
        )}
      </div>
    </div>
  );
}
