import type { ReactNode } from 'react';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Choices, Toggle } from '../../ui/components/Choices.tsx';
import { useNow } from '../../ui/clock.ts';
import { fromInstant } from '../../contract/time.ts';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';
import { Facts } from '../frame/Outcome.tsx';
import { Page } from '../frame/PhoneFrame.tsx';
import type { Preferences } from '../frame/preferences.ts';

export interface MePageProps {
  preferences: Preferences;
  prefer: (next: Partial<Preferences>) => void;
}

/** Who is signed in, how the page reads, where to call, and the way out. */
export function MePage({ preferences, prefer }: MePageProps): ReactNode {
  const { view, signOut } = usePhone();
  const { t, say, when } = useWords(view.hall.timeZone);
  const now = useNow(60_000);
  const { member, hall } = view;
  return (
    <Page pictogram="person" title={t('tabs.me')} backTo="/">
      <section>
        <p className="lead-sentence">{member.nameMasked}</p>
        <Facts
          rows={[
            [t('me.number'), member.memberNumber],
            [t('me.phone'), member.phoneLast4],
            [t('me.hall'), say(hall.name)],
            ...(hall.helpPhone === ''
              ? []
              : [
                  [
                    t('me.help'),
                    <a
                      key="help"
                      className="phone-link"
                      href={`tel:${hall.helpPhone.replace(/[^\d+]/g, '')}`}
                    >
                      {hall.helpPhone}
                    </a>,
                  ] as const,
                ]),
            [
              t('me.lastContact'),
              hall.lastContactAt === null ? t('me.never') : when(fromInstant(hall.lastContactAt), now),
            ],
          ]}
        />
      </section>
      <section className="stack">
        <Choices
          label={t('me.language')}
          value={preferences.language}
          onChange={(language) => {
            prefer({ language: language === 'en' ? 'en' : 'zh-CN' });
          }}
          choices={[
            { value: 'zh-CN', label: t('me.chinese') },
            { value: 'en', label: t('me.english') },
          ]}
        />
        <Toggle
          label={t('me.text')}
          hint={t('me.textHint')}
          checked={preferences.text === 'elderly'}
          onChange={(on) => {
            prefer({ text: on ? 'elderly' : 'standard' });
          }}
          on={t('me.on')}
          off={t('me.off')}
        />
        <Toggle
          label={t('me.contrast')}
          hint={t('me.contrastHint')}
          checked={preferences.theme === 'contrast'}
          onChange={(on) => {
            prefer({ theme: on ? 'contrast' : 'paper' });
          }}
          on={t('me.on')}
          off={t('me.off')}
        />
      </section>
      <ActionButton
        label={t('me.signOut')}
        hint={t('me.signOutNote')}
        pictogram="exit"
        onPress={() => void signOut()}
      />
    </Page>
  );
}
