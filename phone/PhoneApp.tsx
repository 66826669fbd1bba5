import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import type { i18n as I18n } from 'i18next';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { HashRouter, Route, Routes } from 'react-router';
import { browserClock, ClockProvider } from '../ui/clock.ts';
import { ErrorState, LoadingState } from '../ui/components/Waiting.tsx';
import { CodePage } from './code/CodePage.tsx';
import type { Keeper } from './data/keeper.ts';
import { PhoneProvider } from './data/phone-context.ts';
import type { PhoneApi } from './data/phone-api.ts';
import { PHONE_KEY, usePhoneQuery } from './data/use-phone.ts';
import type { PhoneState } from './data/use-phone.ts';
import { usePreferences } from './frame/preferences.ts';
import type { Preferences } from './frame/preferences.ts';
import { ActivitiesPage } from './pages/ActivitiesPage.tsx';
import { BookingPage } from './pages/BookingPage.tsx';
import { CasesPage } from './pages/CasesPage.tsx';
import { CourtPage } from './pages/CourtPage.tsx';
import { CourtsPage } from './pages/CourtsPage.tsx';
import { LockersPage } from './pages/LockersPage.tsx';
import { MePage } from './pages/MePage.tsx';
import { SessionPage } from './pages/SessionPage.tsx';
import { TodayPage } from './pages/TodayPage.tsx';
import { correctedClock } from './rules/central-time.rules.ts';
import { SignInPage } from './sign-in/SignInPage.tsx';

export interface PhoneAppProps {
  i18n: I18n;
  api: PhoneApi;
  keeper: Keeper;
}

/** The worker's page. */
export function PhoneApp({ i18n, api, keeper }: PhoneAppProps): ReactNode {
  const [client] = useState(() => new QueryClient());
  const [preferences, prefer] = usePreferences();
  useEffect(() => {
    void i18n.changeLanguage(preferences.language);
  }, [i18n, preferences.language]);
  return (
    <I18nextProvider i18n={i18n}>
      <I18nProvider locale={preferences.language}>
        <QueryClientProvider client={client}>
          <PhoneShell api={api} keeper={keeper} preferences={preferences} prefer={prefer} />
        </QueryClientProvider>
      </I18nProvider>
    </I18nextProvider>
  );
}

interface ShellProps {
  api: PhoneApi;
  keeper: Keeper;
  preferences: Preferences;
  prefer: (next: Partial<Preferences>) => void;
}

function PhoneShell({ api, keeper, preferences, prefer }: ShellProps): ReactNode {
  const { t } = useTranslation('phone');
  const client = useQueryClient();
  const state = usePhoneQuery(keeper);
  const [wasIn, setWasIn] = useState(false);
  useEffect(() => {
    if (state.kind === 'shown') setWasIn(true);
  }, [state.kind]);
  switch (state.kind) {
    case 'loading':
      return <LoadingState title={t('loading')} />;
    case 'failed':
      return <ErrorState title={t('firstFail')} detail={t('firstFailDetail')} onRetry={state.retry} />;
    case 'signed-out':
      return (
        <SignInPage
          api={api}
          keeper={keeper}
          ended={wasIn}
          preferences={preferences}
          prefer={prefer}
          onSignedIn={() => {
            // What was asked before belongs to nobody any more [PP4].
            void client.resetQueries();
          }}
        />
      );
    case 'shown':
      return (
        <SignedIn
          api={api}
          state={state}
          preferences={preferences}
          prefer={prefer}
          signOut={async () => {
            setWasIn(false);
            await client.cancelQueries();
            client.setQueryData(PHONE_KEY, { kind: 'signed-out' });
            // Days of places carry "mine": they go too [PP4].
            client.removeQueries({ predicate: (query) => query.queryKey.length > PHONE_KEY.length });
            location.hash = '#/';
            await keeper.signOut();
          }}
        />
      );
  }
}

function SignedIn({
  api,
  state,
  preferences,
  prefer,
  signOut,
}: Omit<ShellProps, 'keeper'> & {
  state: Extract<PhoneState, { kind: 'shown' }>;
  signOut: () => Promise<void>;
}): ReactNode {
  const { view, receivedAt, offset } = state.kept;
  // A quarter of a second is nothing to a 30 s step, and spares a new clock with every answer.
  const steady = Math.round(offset / 250) * 250;
  const clock = useMemo(() => correctedClock(browserClock, steady), [steady]);
  return (
    <ClockProvider clock={clock}>
      <PhoneProvider value={{ view, receivedAt, reachable: state.reachable, api, signOut }}>
        <HashRouter>
          <Routes>
            <Route path="/" element={<TodayPage />} />
            <Route path="/activities" element={<ActivitiesPage />} />
            <Route path="/activities/:number" element={<SessionPage />} />
            <Route path="/courts" element={<CourtsPage />} />
            <Route path="/courts/:number/:day" element={<CourtPage />} />
            <Route path="/bookings/:id" element={<BookingPage />} />
            <Route path="/lockers" element={<LockersPage />} />
            <Route path="/code/:grant" element={<CodePage />} />
            <Route path="/cases" element={<CasesPage />} />
            <Route path="/me" element={<MePage preferences={preferences} prefer={prefer} />} />
            <Route path="*" element={<TodayPage />} />
          </Routes>
        </HashRouter>
      </PhoneProvider>
    </ClockProvider>
  );
}
