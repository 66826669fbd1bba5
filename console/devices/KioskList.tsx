import { useState } from 'react';
import type { ReactNode } from 'react';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { StateMark } from '../../ui/components/StateMark.tsx';
import { useDesk, useHallNow } from '../board/desk-context.tsx';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import type { Kiosk } from '../rules/attention.rules.ts';
import { EnrolCode } from './EnrolCode.tsx';

/** The kiosks: where, when last heard, and a new enrolment code for managers [CN15]. */
export function KioskList(): ReactNode {
  const { t, say, ago, sayRefusal } = useWords();
  const { kiosks, staff } = useDesk();
  const now = useHallNow();
  const make = useAct('kioskCode');
  const [shown, setShown] = useState<{ kiosk: Kiosk; code: string }>();
  const manager = staff.role === 'manager';
  return (
    <section aria-labelledby="kiosks-title">
      <h2 id="kiosks-title" className="page-rule">
        {t('devices.kiosks')}
      </h2>
      {make.refusal === undefined ? null : (
        <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(make.refusal)} />
      )}
      <ul className="kiosks">
        {kiosks.map((kiosk) => (
          <li key={kiosk.id}>
            <p>
              <strong>{say(kiosk.name)}</strong>
              <small>{say(kiosk.place)}</small>
            </p>
            <p>
              <StateMark
                state={kiosk.state === 'online' ? 'ok' : kiosk.state === 'never' ? 'unknown' : 'attention'}
                word={t(`devices.kioskStates.${kiosk.state}`)}
              />
              <small>
                {kiosk.lastSeenAt === null ? '' : `${t('devices.seen')} ${ago(kiosk.lastSeenAt, now)}`}
              </small>
            </p>
            {manager ? (
              <ActionButton
                kind="quiet"
                label={t('devices.code')}
                isPending={make.pending}
                onPress={() => {
                  void make.run({ params: { id: kiosk.id } }).then((answer) => {
                    if (answer?.ok === true) setShown({ kiosk, code: answer.value.code });
                  });
                }}
              />
            ) : null}
            {kiosk.state === 'online' ? null : (
              <p className="kiosks__advice">
                {kiosk.state === 'never' ? t('devices.kioskNeverAdvice') : t('devices.kioskAdvice')}
              </p>
            )}
          </li>
        ))}
      </ul>
      {manager ? null : <p className="desk-note">{t('devices.codeManager')}</p>}
      {shown === undefined ? null : (
        <EnrolCode
          kiosk={say(shown.kiosk.name)}
          code={shown.code}
          onClose={() => {
            setShown(undefined);
          }}
        />
      )}
    </section>
  );
}
