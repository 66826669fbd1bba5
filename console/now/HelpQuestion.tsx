import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { formatElapsed, formatTime } from '../../ui/clock.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { fromInstant } from '../../contract/time.ts';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import { useShortcut } from '../frame/shortcuts.tsx';
import { inOrderOfWaiting } from '../rules/waiting.rules.ts';
import type { HelpEntry } from '../rules/waiting.rules.ts';
import { ringOnce } from './chime.ts';
import { Question } from './Question.tsx';

const DONE_SHOWN = 4;
/** After this the kiosk shows the phone number, as the hall has it [HP2]. */
const UNANSWERED_MS = 60_000;

/** 1: who needs help now. The longest waiting call has the biggest figure and the one red button [CN2]. */
export function HelpQuestion(): ReactNode {
  const { t } = useWords();
  const desk = useDesk();
  const calls = inOrderOfWaiting(desk.help);
  const first = calls.find((each) => each.help.state === 'called');
  const take = useAct('takeHelp');
  const end = useAct('endHelp');
  const known = useRef<Set<string> | undefined>(undefined);
  useEffect(() => {
    const called = desk.help.filter((each) => each.help.state === 'called').map((each) => each.help.helpId);
    // What was there when the page opened is not news.
    if (known.current !== undefined && called.some((id) => known.current?.has(id) !== true)) ringOnce();
    known.current = new Set(called);
  }, [desk.help]);
  const go = (entry: HelpEntry): void => void take.run({ params: { id: entry.help.helpId } });
  useShortcut(
    'space',
    t('keys.go'),
    () => {
      if (first !== undefined) go(first);
    },
    first !== undefined,
  );
  const refusal = take.refusal ?? end.refusal;
  return (
    <Question number={1} title={t('now.help.title')}>
      {refusal === undefined ? null : <ActRefusal refusal={refusal} />}
      {calls.length === 0 ? (
        <div className="help-empty">
          <Pictogram name="ok" />
          <strong>{t('now.help.empty')}</strong>
          <span>{t('now.help.emptyDetail')}</span>
        </div>
      ) : (
        <ul className="help-calls" aria-live="polite">
          {calls.map((entry) => (
            <HelpCall
              key={entry.help.helpId}
              entry={entry}
              first={entry === first}
              onGo={() => {
                go(entry);
              }}
              onDone={() => void end.run({ params: { id: entry.help.helpId } })}
            />
          ))}
        </ul>
      )}
      <HelpDone />
    </Question>
  );
}

function ActRefusal({ refusal }: { refusal: Parameters<ReturnType<typeof useWords>['sayRefusal']>[0] }) {
  const { t, sayRefusal } = useWords();
  return <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(refusal)} />;
}

interface HelpCallProps {
  entry: HelpEntry;
  first: boolean;
  onGo: () => void;
  onDone: () => void;
}

function HelpCall({ entry, first, onGo, onDone }: HelpCallProps): ReactNode {
  const { t, say } = useWords();
  const desk = useDesk();
  const now = useHallNow(1000);
  const { help } = entry;
  const waited = now - fromInstant(help.calledAt);
  const taken = help.state === 'taken';
  const mine = help.takenBy === desk.staff.name;
  return (
    <li className={`help-call${first ? ' help-call--first' : ''}`}>
      <div className="help-call__where">
        <span className="help-call__kiosk">{say(entry.kioskName)}</span>
        <p>
          <strong>{say(entry.place)}</strong>
          <small>
            {t('now.help.page', { page: pageName(t, entry.page) })}
            {entry.note === null ? '' : ` · ${entry.note}`}
          </small>
        </p>
      </div>
      <p className="help-call__wait">
        <strong>{formatElapsed(waited)}</strong>
        <span>
          <b>{t('now.help.waited')}</b>
          <small>
            {taken
              ? mine
                ? t('now.help.takenMine')
                : t('now.help.taken', { name: help.takenBy ?? '' })
              : waited >= UNANSWERED_MS
                ? t('now.help.noAnswer')
                : ''}
          </small>
        </span>
      </p>
      {taken ? (
        <ActionButton label={t('now.help.done')} pictogram="check" onPress={onDone} />
      ) : (
        <ActionButton
          kind={first ? 'primary' : 'plain'}
          label={first ? t('now.help.go') : t('now.help.goNext', { kiosk: say(entry.kioskName) })}
          {...(first ? { shortcut: t('keys.space') } : {})}
          onPress={onGo}
        />
      )}
    </li>
  );
}

const PAGE_NAMES = [
  'welcome',
  'home',
  'way',
  'route',
  'service',
  'services',
  'check-in',
  'locker',
  'booking',
  'courts',
  'progress',
  'help',
] as const;

/** `locker/open` -> 储物柜; a page we have no word for is named as it came. */
function pageName(t: ReturnType<typeof useWords>['t'], page: string): string {
  const known = PAGE_NAMES.find((name) => name === page.split(/[/:.]/)[0]);
  return known === undefined ? page : t(`pages.${known}`);
}

function HelpDone(): ReactNode {
  const { t, say, zone } = useWords();
  const { helpDone } = useDesk();
  return (
    <div className="help-done">
      <h3>{t('now.help.doneTitle')}</h3>
      {helpDone.length === 0 ? (
        <p>{t('now.help.doneEmpty')}</p>
      ) : (
        <ul>
          {helpDone.slice(0, DONE_SHOWN).map((each) => (
            <li key={each.help.helpId} className="line">
              <strong>{formatTime(fromInstant(each.endedAt), zone)}</strong>
              <span>
                {each.help.takenBy ?? t('now.help.nobody')} · {say(each.kioskName)}
              </span>
              <span className="line__end">
                {each.seconds < 60
                  ? t('now.help.underMinute')
                  : t('now.help.minutes', { count: Math.round(each.seconds / 60) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
