import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { NavLink, useLocation, useNavigate } from 'react-router';
import { formatTime, useNow } from '../../ui/clock.ts';
import { DemoBanner } from '../../ui/components/DemoBanner.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { STALE_MS } from '../board/use-desk.ts';
import { useDesk, useDeskState, useHallNow } from '../board/desk-context.tsx';
import { useWords } from '../board/words.ts';
import { inOrderOfWaiting } from '../rules/waiting.rules.ts';
import { LinkState } from './LinkState.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { useShortcut, useShortcuts } from './shortcuts.tsx';
import { UndoBar } from './undo.tsx';
import './frame.css';

const PAGES = [
  { path: '/', key: 'now' },
  { path: '/cases', key: 'cases' },
  { path: '/places', key: 'places' },
  { path: '/devices', key: 'devices' },
  { path: '/sensors', key: 'sensors' },
  { path: '/ledger', key: 'ledger' },
] as const;

export interface DeskFrameProps {
  onLanguage: () => void;
  onSignOut: () => void;
  children?: ReactNode;
}

/** The sign band with pages and the state of the network, the page, and the foot with undo and keys. */
export function DeskFrame({ onLanguage, onSignOut, children }: DeskFrameProps): ReactNode {
  const { t, say, language } = useWords();
  const desk = useDesk();
  const { pathname } = useLocation();
  const waiting = inOrderOfWaiting(desk.help).filter((each) => each.help.state === 'called').length;
  const page = PAGES.find((each) => each.path === pathname)?.key ?? 'now';
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${String(waiting)}) ` : ''}${t(`nav.${page}`)} · ${t('title')}`;
  }, [waiting, page, t]);
  return (
    <div className="desk">
      <a className="desk-skip" href="#main" onClick={toMain}>
        {t('skip')}
      </a>
      {desk.demo ? <DemoBanner /> : null}
      <header className="desk-band">
        <span className="desk-band__sign">
          <Pictogram name="counter" />
        </span>
        <p className="desk-band__title">{t('title')}</p>
        <p className="desk-band__hall">{say(desk.hallName)}</p>
        <nav aria-label={t('nav.label')}>
          {PAGES.map((each) => (
            <NavLink key={each.path} to={each.path} end className="desk-tab">
              {t(`nav.${each.key}`)}
              {each.key === 'now' && waiting > 0 && page !== 'now' ? (
                <span className="desk-tab__count">{waiting}</span>
              ) : null}
            </NavLink>
          ))}
        </nav>
        <LinkState />
        <span className="desk-band__staff">
          <span>{desk.staff.name}</span>
          <Button className="desk-band__button" onPress={onSignOut}>
            {t('signOut')}
          </Button>
          <Button className="desk-band__button" onPress={onLanguage}>
            <span lang={language === 'en' ? 'zh-CN' : 'en'}>{t('language')}</span>
          </Button>
        </span>
        <Clock />
      </header>
      <OldPicture />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Foot page={page} />
    </div>
  );
}

/** The address after # names the page, so the link moves the focus by itself. */
function toMain(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Clock(): ReactNode {
  const { zone } = useWords();
  return <time className="desk-band__clock">{formatTime(useHallNow(1000), zone)}</time>;
}

/** What is shown may no longer be so [CN9]. */
function OldPicture(): ReactNode {
  const { t, when } = useWords();
  const { desk, receivedAt, reachable } = useDeskState();
  const now = useNow(5000);
  const hallNow = useHallNow(5000);
  if (reachable && now - receivedAt < STALE_MS) return null;
  return (
    <div className="desk-old">
      <Notice
        kind="attention"
        title={t('offline.title')}
        detail={t('offline.detail', { time: when(desk.now, hallNow) })}
      />
    </div>
  );
}

function Foot({ page }: { page: (typeof PAGES)[number]['key'] }): ReactNode {
  const { t } = useWords();
  const { on } = useShortcuts();
  const [sheet, setSheet] = useState(false);
  const navigate = useNavigate();
  useShortcut('?', t('keys.sheet'), () => {
    setSheet(true);
  });
  useShortcut('/', t('keys.find'), () => {
    const find = document.querySelector<HTMLInputElement>('[data-find] input');
    if (find === null) void navigate('/cases?find');
    else find.focus();
  });
  return (
    <footer className="desk-foot">
      <UndoBar />
      <div className="desk-foot__keys">
        {on ? (
          <>
            <span>{t('keys.hint')}</span>
            {page === 'now' ? (
              <span>
                <kbd>1</kbd>–<kbd>5</kbd> {t('keys.questions')}
              </span>
            ) : null}
            <span>
              <kbd>/</kbd> {t('keys.find')}
            </span>
          </>
        ) : null}
        <Button
          className="desk-link"
          onPress={() => {
            setSheet(true);
          }}
        >
          <kbd>?</kbd> {t('keys.all')}
        </Button>
      </div>
      {sheet ? (
        <ShortcutSheet
          onClose={() => {
            setSheet(false);
          }}
        />
      ) : null}
    </footer>
  );
}
