import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import type { Refusal } from '../../contract/refusals.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { ErrorSummary } from '../../ui/components/FormSummary.tsx';
import type { FormError } from '../../ui/components/FormSummary.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Pictogram } from '../../ui/pictograms/Pictogram.tsx';
import { useDeskApi } from '../board/desk-api.ts';
import { useWords } from '../board/words.ts';
import './sign-in.css';

export interface SignInProps {
  /** A session was here and is over [CN1]. */
  ended: boolean;
  onSignedIn: () => void;
  onLanguage: () => void;
}

/** Name and password; in a demo hall also the demo account. */
export function SignIn({ ended, onSignedIn, onLanguage }: SignInProps): ReactNode {
  const { t, sayRefusal } = useWords();
  const api = useDeskApi();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<FormError[]>([]);
  const [refusal, setRefusal] = useState<Refusal>();
  const [pending, setPending] = useState(false);
  const demo = useDemoStaff();

  const signIn = async (account: { name: string; password: string }): Promise<void> => {
    if (pending) return;
    setPending(true);
    const answer = await api.call('signIn', { body: account });
    setPending(false);
    setPassword('');
    if (answer.ok) onSignedIn();
    else setRefusal(answer.refusal);
  };
  const submit = (): void => {
    const missing: FormError[] = [];
    if (name.trim() === '') missing.push({ field: 'staff-name', sentence: t('signIn.nameMissing') });
    if (password === '') missing.push({ field: 'staff-password', sentence: t('signIn.passwordMissing') });
    setErrors(missing);
    setRefusal(undefined);
    if (missing.length === 0) void signIn({ name: name.trim(), password });
  };
  const errorOf = (field: string): string | undefined =>
    errors.find((each) => each.field === field)?.sentence;

  return (
    <main className="sign-in">
      <header className="sign-in__band">
        <Pictogram name="counter" />
        <span>{t('title')}</span>
        <ActionButton kind="quiet" label={t('language')} onPress={onLanguage} />
      </header>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <h1>{t('signIn.title')}</h1>
        <p>{t('signIn.text')}</p>
        {ended ? <Notice kind="attention" title={t('signIn.ended')} /> : null}
        {refusal === undefined ? null : <Notice kind="attention" title={sayRefusal(refusal)} />}
        <ErrorSummary
          errors={errors}
          onGo={(field) => {
            document.getElementById(field)?.querySelector('input')?.focus();
          }}
        />
        <Field
          id="staff-name"
          label={t('signIn.name')}
          value={name}
          onChange={setName}
          error={errorOf('staff-name')}
          autoComplete="username"
          maxLength={40}
          autoFocus
        />
        <Field
          id="staff-password"
          label={t('signIn.password')}
          value={password}
          onChange={setPassword}
          error={errorOf('staff-password')}
          type="password"
          autoComplete="current-password"
          maxLength={200}
        />
        <ActionButton kind="primary" type="submit" label={t('signIn.submit')} />
        {demo === undefined ? null : (
          <ActionButton
            label={t('signIn.demo')}
            hint={t('signIn.demoHint', { name: demo.name })}

            onPress={() => void signIn(demo)}
          />
        )}
      </form>
    </main>
  );
}

/** The demo account, when this hall is a demo and says so. */
function useDemoStaff(): { name: string; password: string } | undefined {
  const api = useDeskApi();
  const [staff, setStaff] = useState<{ name: string; password: string }>();
  useEffect(() => {
    let gone = false;
    void api.call('demo', {}).then((answer) => {
      if (!gone && answer.ok) setStaff(answer.value.staff);
    });
    return () => {
      gone = true;
    };
  }, [api]);
  return staff;
}
