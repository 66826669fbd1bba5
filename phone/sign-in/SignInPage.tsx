import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { DemoBanner } from '../../ui/components/DemoBanner.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import type { centralRoutes } from '../../contract/central-api.ts';
import type { RouteAnswer } from '../../contract/http.ts';
import type { Keeper } from '../data/keeper.ts';
import type { PhoneApi } from '../data/phone-api.ts';
import type { Preferences } from '../frame/preferences.ts';
import { CodeForm } from './CodeForm.tsx';
import { MobileForm } from './MobileForm.tsx';
import './sign-in.css';

export interface SignInPageProps {
  api: PhoneApi;
  keeper: Keeper;
  /** Somebody was in, and central ended it. */
  ended: boolean;
  preferences: Preferences;
  prefer: (next: Partial<Preferences>) => void;
  onSignedIn: () => void;
}

type DemoMembers = RouteAnswer<(typeof centralRoutes)['phoneDemo']>['members'];

/** A number, a one-time code, in. In demo mode the made-up members stand below and the code is shown. */
export function SignInPage(props: SignInPageProps): ReactNode {
  const { api, keeper, ended, preferences, prefer, onSignedIn } = props;
  const { t } = useTranslation('phone');
  const [sent, setSent] = useState<{ mobile: string; demoCode: string | null }>();
  const [demo, setDemo] = useState<DemoMembers>([]);
  useEffect(() => {
    let gone = false;
    void api.call('phoneDemo', {}).then((answer) => {
      if (!gone && answer.ok) setDemo(answer.value.members);
    });
    return () => {
      gone = true;
    };
  }, [api]);
  const english = preferences.language === 'en';
  const large = preferences.text === 'elderly';
  return (
    <div className="phone">
      {demo.length === 0 ? null : <DemoBanner />}
      <header className="phone-sign">
        <span className="phone-sign__sign">
          <Pictogram name="home" />
        </span>
        <h1>{t('title')}</h1>
      </header>
      <main className="phone-page">
        {ended ? <Notice kind="attention" title={t('signIn.ended')} /> : null}
        {sent === undefined ? (
          <MobileForm api={api} demo={demo} onSent={setSent} />
        ) : (
          <CodeForm
            key={`${sent.mobile} ${sent.demoCode ?? ''}`}
            api={api}
            keeper={keeper}
            sent={sent}
            onSent={setSent}
            onOther={() => {
              setSent(undefined);
            }}
            onSignedIn={onSignedIn}
          />
        )}
        <section className="sign-in__ways" aria-label={t('tabs.me')}>
          <ActionButton
            kind="quiet"
            label={english ? t('me.chinese') : t('me.english')}
            onPress={() => {
              prefer({ language: english ? 'zh-CN' : 'en' });
            }}
          />
          <ActionButton
            kind="quiet"
            pictogram="text-size"
            label={`${t('me.text')} ${t(large ? 'me.on' : 'me.off')}`}
            onPress={() => {
              prefer({ text: large ? 'standard' : 'elderly' });
            }}
          />
        </section>
      </main>
    </div>
  );
}
