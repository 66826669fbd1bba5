import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { i18n as I18n } from 'i18next';
import { hallRoutes } from '../../contract/hall-api.ts';
import type { BookingView, CheckInAnswer, HelpView, HomeView, LeaseView } from '../../contract/hall-api.ts';
import type { Refusal } from '../../contract/refusals.ts';
import { createApi } from '../../ui/api/client.ts';
import { useClock } from '../../ui/clock.ts';
import { EmptyState, LoadingState } from '../../ui/components/Waiting.tsx';
import { applyKioskPanel } from '../../ui/tokens/panel.ts';
import { KioskShell } from '../screens/frame/KioskShell.tsx';
import { JourneyContext } from '../screens/journey/journey-context.ts';
import type { Journey } from '../screens/journey/journey-context.ts';
import { Refused } from '../screens/journey/use-hall-query.ts';
import { ArrivedPage } from '../screens/booking/ArrivedPage.tsx';
import { CheckInJourney } from '../screens/check-in/CheckInJourney.tsx';
import { LockerJourney } from '../screens/locker/LockerJourney.tsx';
import { ScanRefused } from '../screens/scan/ScanRefused.tsx';
import { EnrolPage } from '../screens/enrol/EnrolPage.tsx';
import { HelpJourney } from '../screens/help/HelpJourney.tsx';
import { WayJourney } from '../screens/way/WayJourney.tsx';
import { enrolFromAddress } from './enrol-address.ts';
import { HomePage } from './HomePage.tsx';
import { JOURNEYS } from './journeys.ts';
import type { JourneyId } from './journeys.ts';
import { openLiveLink } from './live-link.ts';

const api = createApi(hallRoutes);
const HOME_EVERY_MS = 15_000;
const LOST_EVERY_MS = 2_000;

/** The whole kiosk page: one visit at a time, journeys over one live link to the hall. */
export function KioskApp({ i18n }: { i18n: I18n }): ReactNode {
  const [queries] = useState(() => new QueryClient());
  const forget = useCallback(() => {
    queries.clear();
  }, [queries]);
  return (
    <QueryClientProvider client={queries}>
      <KioskShell i18n={i18n} onWipe={forget}>
        <Visit />
      </KioskShell>
    </QueryClientProvider>
  );
}

function Visit(): ReactNode {
  const home = useQuery({
    queryKey: ['home'],
    retry: false,
    // Not there yet, or gone: asked often, so that it goes on by itself soon.
    refetchInterval: (query) => (query.state.status === 'error' ? LOST_EVERY_MS : HOME_EVERY_MS),
    queryFn: async () => {
      await enrolFromAddress(api, window);
      const answer = await api.call('home', {});
      if (!answer.ok) throw new Refused(answer.refusal);
      return answer.value;
    },
  });
  useEffect(() => applyKioskPanel(window, home.data?.kiosk.panelWidthMm), [home.data?.kiosk.panelWidthMm]);
  const { t } = useTranslation('welcome');
  if (home.data !== undefined) return <Journeys home={home.data} refresh={() => void home.refetch()} />;
  // The hall answers and does not know us; anything else is waited out, calmly.
  if (home.error instanceof Refused && home.error.refusal.code === 'not-signed-in')
    return <EnrolPage api={api} onDone={() => void home.refetch()} />;
  return home.error === null ? (
    <LoadingState />
  ) : (
    <EmptyState pictogram="clock" title={t('connecting')} detail={t('connectingDetail')} />
  );
}

type Place =
  | { readonly at: 'home' }
  | { readonly at: 'journey'; readonly id: JourneyId }
  | { readonly at: 'way'; readonly unit: string }
  | { readonly at: 'help'; readonly from: string }
  | { readonly at: 'checked-in'; readonly answer: CheckInAnswer; readonly nth: number; readonly card?: true }
  | { readonly at: 'locker'; readonly text: string; readonly lease: LeaseView; readonly nth: number }
  | { readonly at: 'arrived'; readonly booking: BookingView }
  | { readonly at: 'scan-refused'; readonly refusal: Refusal; readonly card?: true };

let scans = 0;
/** Where a code leads, once the hall has judged it. */
async function placeOfScan(text: string, source: 'camera' | 'serial' | 'wedge'): Promise<Place> {
  const answer = await api.call('scan', { body: { text, source } });
  if (!answer.ok) return { at: 'scan-refused', refusal: answer.refusal };
  scans += 1;
  switch (answer.value.purpose) {
    case 'check-in':
      return { at: 'checked-in', answer: answer.value.checkIn, nth: scans };
    case 'locker':
      return { at: 'locker', text, lease: answer.value.lease, nth: scans };
    case 'booking':
      return { at: 'arrived', booking: answer.value.booking };
  }
}

/** Where the card on the reader leads: a card checks in, and nothing else. */
async function placeOfCard(): Promise<Place> {
  const answer = await api.call('checkIn', { body: { credential: { kind: 'card' } } });
  if (!answer.ok) return { at: 'scan-refused', refusal: answer.refusal, card: true };
  scans += 1;
  return { at: 'checked-in', answer: answer.value, nth: scans, card: true };
}

function Journeys({ home, refresh }: { home: HomeView; refresh: () => void }): ReactNode {
  const clock = useClock();
  const [place, setPlace] = useState<Place>({ at: 'home' });
  const [help, setHelp] = useState<HelpView | undefined>(undefined);
  const scanning = useRef(false);
  const link = useMemo(() => openLiveLink(clock, location.origin), [clock]);
  useEffect(() => () => link.stop(), [link]);
  useEffect(
    () =>
      link.onLive((message) => {
        if (message.type !== 'changed') return;
        if (message.topics.some((topic) => topic !== 'help')) refresh();
        if (!message.topics.includes('help') || help === undefined) return;
        void api.call('help', { params: { id: help.helpId } }).then((answer) => {
          if (answer.ok) setHelp(answer.value.state === 'ended' ? undefined : answer.value);
        });
      }),
    [link, refresh, help],
  );
  const journey = useMemo<Journey>(() => {
    // One code or card at a time: a second one read meanwhile is not acted on.
    const lead = (judge: () => Promise<Place>): void => {
      if (scanning.current) return;
      scanning.current = true;
      void judge()
        .then(setPlace)
        .finally(() => {
          scanning.current = false;
        });
    };
    return {
      api: {
        call: async (name, parts) => {
          const answer = await api.call(name, parts);
          // Whoever calls or withdraws, the bar's button shows it.
          if (answer.ok && (name === 'callHelp' || name === 'withdrawHelp')) {
            const called = answer.value as HelpView;
            setHelp(called.state === 'ended' ? undefined : called);
          }
          return answer;
        },
      },
      home,
      onLive: link.onLive,
      called: help !== undefined,
      callStaff: (from) => {
        setPlace({ at: 'help', from });
      },
      showWay: (unit) => {
        setPlace({ at: 'way', unit });
      },
      scan: (text, source) => {
        lead(() => placeOfScan(text, source));
      },
      cardLaid: () => {
        lead(placeOfCard);
      },
    };
  }, [home, link, help]);
  const exit = (): void => {
    setPlace({ at: 'home' });
  };
  return <JourneyContext value={journey}>{pageOf(place, exit, setPlace)}</JourneyContext>;
}

function pageOf(place: Place, exit: () => void, go: (place: Place) => void): ReactNode {
  switch (place.at) {
    case 'home':
      return (
        <HomePage
          onOpen={(id) => {
            go({ at: 'journey', id });
          }}
        />
      );
    case 'way':
      return <WayJourney target={place.unit} onExit={exit} />;
    case 'help':
      return <HelpJourney from={place.from} onExit={exit} />;
    case 'checked-in':
      return <CheckInJourney key={place.nth} first={place.answer} card={place.card === true} onExit={exit} />;
    case 'locker':
      return <LockerJourney key={place.nth} presented={place} onExit={exit} />;
    case 'arrived':
      return <ArrivedPage booking={place.booking} onExit={exit} />;
    case 'scan-refused':
      return <ScanRefused refusal={place.refusal} card={place.card === true} onExit={exit} />;
    case 'journey': {
      const entry = JOURNEYS.find((each) => each.id === place.id);
      return entry === undefined ? null : <entry.Component onExit={exit} />;
    }
  }
}
