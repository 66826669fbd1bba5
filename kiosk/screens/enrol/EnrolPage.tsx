import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { hallRoutes } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { sentence } from '../../../contract/refusals.ts';
import type { Api } from '../../../ui/api/client.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { useVisitor } from '../frame/visitor-settings.ts';
import './enrol.css';

/** A kiosk the hall does not know: staff type the one-time code from the desk. In demo mode the codes are offered. */
export function EnrolPage({ api, onDone }: { api: Api<typeof hallRoutes>; onDone: () => void }): ReactNode {
  const { t } = useTranslation('welcome');
  const { settings } = useVisitor();
  const language = settings.language === 'en' ? 'en' : 'zh';
  const [code, setCode] = useState('');
  const [refusal, setRefusal] = useState<Refusal | undefined>(undefined);
  const [pending, setPending] = useState(false);
  const demo = useQuery({
    queryKey: ['demo'],
    retry: false,
    queryFn: async () => {
      const answer = await api.call('demo', {});
      return answer.ok ? answer.value.kiosks : [];
    },
  });
  const enrol = async (given: string): Promise<void> => {
    setPending(true);
    const answer = await api.call('enrolKiosk', { body: { code: given.trim() } });
    setPending(false);
    if (answer.ok) onDone();
    else setRefusal(answer.refusal);
  };
  return (
    <main className="enrol">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim().length >= 4) void enrol(code);
        }}
      >
        <h1>{t('enrol')}</h1>
        <p>{t('enrolDetail')}</p>
        <Field
          id="enrol-code"
          label={t('enrolCode')}
          value={code}
          onChange={(text) => {
            setCode(text);
            setRefusal(undefined);
          }}
          error={refusal === undefined ? undefined : sentence(refusal, language)}
        />
        <ActionButton kind="primary" type="submit" label={t('enrolDo')} isPending={pending} />
        {(demo.data ?? []).map((each) => (
          <ActionButton
            key={each.kiosk}
            label={t('enrolDemo', { name: each.name[language] })}
            isPending={pending}
            onPress={() => void enrol(each.code)}
          />
        ))}
      </form>
    </main>
  );
}
