import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { NavLink, useLocation, useNavigate } from 'react-router';
import { DemoBanner } from '../../ui/components/DemoBanner.tsx';
import { useNow } from '../../ui/clock.ts';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import type { PictogramName } from '../../ui/pictograms/Pictogram.tsx';
import { usePhone } from '../data/phone-context.ts';
import { useOnline } from '../data/use-phone.ts';
import { useWords } from '../data/words.ts';
import './frame.css';

const TABS = [
  { to: '/', tab: 'today', pictogram: 'home' },
  { to: '/activities', tab: 'activities', pictogram: 'activity' },
  { to: '/courts', tab: 'courts', pictogram: 'court' },
  { to: '/lockers', tab: 'lockers', pictogram: 'locker' },
  { to: '/cases', tab: 'cases', pictogram: 'service' },
] as const;

export interface PageProps {
  pictogram: PictogramName;
  title: string;
  /** Pages below a tab lead back to it. */
  backTo?: string;
  children?: ReactNode;
}

/** A page: black sign with its name and the hall's time, the offline strip, what it shows, the tabs. */
export function Page({ pictogram, title, backTo, children }: PageProps): ReactNode {
  const { view } = usePhone();
  const { t, time } = useWords(view.hall.timeZone);
  const now = useNow(1000);
  const navigate = useNavigate();
  const heading = useHeadingFocus();
  return (
    <div className="phone">
      {view.demo ? <DemoBanner /> : null}
      <header className="phone-sign">
        {backTo === undefined ? (
          <span className="phone-sign__sign">
            <Pictogram name={pictogram} />
          </span>
        ) : (
          <Button
            className="phone-sign__sign phone-sign__sign--back"
            aria-label={t('back')}
            onPress={() => void navigate(backTo)}
          >
            <Pictogram name="back" />
          </Button>
        )}
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        <time>{time(now)}</time>
        <Button className="phone-sign__me" aria-label={t('tabs.me')} onPress={() => void navigate('/me')}>
          <Pictogram name="person" />
        </Button>
      </header>
      <OfflineStrip />
      <main className="phone-page">{children}</main>
      <nav className="phone-tabs" aria-label={t('tabs.label')}>
        {TABS.map(({ to, tab, pictogram: sign }) => (
          <NavLink key={to} to={to} end={to === '/'} className="phone-tab">
            <Pictogram name={sign} />
            <span>{t(`tabs.${tab}`)}</span>
          </NavLink>
        ))}
      </nav>
    </div>
  );
}

/** Says plainly that the page is old, and what works all the same [PP3]. */
function OfflineStrip(): ReactNode {
  const { view, receivedAt, reachable } = usePhone();
  const { t, when } = useWords(view.hall.timeZone);
  const online = useOnline();
  const now = useNow(60_000);
  return (
    <div role="status">
      {reachable ? null : (
        <div className="phone-offline">
          <Pictogram name="wifi-off" />
          <p>
            <strong>
              {t(online ? 'offline.titleCentral' : 'offline.title', { time: when(receivedAt, now) })}
            </strong>
            <small>{t('offline.detail')}</small>
          </p>
        </div>
      )}
    </div>
  );
}

/** A new page begins at its top, and readers hear its heading. */
function useHeadingFocus() {
  const { pathname } = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    window.scrollTo(0, 0);
    if (first.current) first.current = false;
    else heading.current?.focus();
  }, [pathname]);
  return heading;
}
