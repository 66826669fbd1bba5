import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckInAnswer } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { fromInstant } from '../../../contract/time.ts';
import { formatTime, useNow } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import type { JourneyFrameProps } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { playTone } from '../journey/tones.ts';

export interface CheckedInProps {
  frame: Pick<JourneyFrameProps, 'pictogram' | 'title' | 'second' | 'onHome' | 'onBack'>;
  answer: Exclude<CheckInAnswer, { kind: 'choose' }>;
  refusal: Refusal | undefined;
  pending: boolean;
  onUndo: () => void;
}

/** Who came, where to go and where to sit; the number to remember is the biggest thing. */
export function CheckedIn({ frame, answer, refusal, pending, onUndo }: CheckedInProps): ReactNode {
  const { t } = useTranslation('check-in');
  const { home, showWay } = useJourney();
  const say = useSay();
  const now = useNow();
  const fresh = answer.kind === 'checked-in';
  useEffect(() => {
    playTone(fresh ? 'success' : 'attention');
  }, [fresh]);
  const zone = home.hall.timeZone;
  const { session } = answer;
  const left = fresh ? Math.max(0, Math.ceil((fromInstant(answer.undoUntil) - now) / 1000)) : 0;
  return (
    <JourneyFrame
      {...frame}
      page={fresh ? 'check-in/done' : 'check-in/already'}
      pace="result"
      read={
        <>
          <ResultPanel
            kind={fresh ? 'success' : 'attention'}
            sentence={
              answer.kind === 'checked-in'
                ? t('done', { name: answer.nameMasked })
                : t('already', {
                    name: answer.nameMasked,
                    time: formatTime(fromInstant(answer.at), zone),
                    kiosk: say.words(answer.kioskName),
                  })
            }
          >
            <p>{say.words(session.activity)}</p>
            <p>
              {t('when', {
                from: formatTime(fromInstant(session.startsAt), zone),
                to: formatTime(fromInstant(session.endsAt), zone),
              })}
              {session.teacher === undefined ? '' : ` · ${say.words(session.teacher)}`}
            </p>
          </ResultPanel>
          <div className={`checked-in${answer.seat === null ? ' checked-in--room' : ''}`}>
            <BigNumber label={t('room')} value={session.room} />
            {answer.seat === null ? null : <BigNumber label={t('seat')} value={String(answer.seat)} />}
          </div>
          {fresh ? null : <Notice title={t('alreadyDetail')} pictogram="info" />}
          {home.network === 'offline' ? <Notice kind="ok" title={t('kept')} /> : null}
          <RefusalNotice refusal={refusal} />
        </>
      }
    >
      <ActionButton
        kind="primary"
        pictogram="route"
        label={t('way', { room: session.room })}
        onPress={() => {
          showWay(session.unit);
        }}
      />
      <div className="journey__even">
        {left > 0 ? (
          <ActionButton
            pictogram="undo"
            label={t('undo')}
            hint={t('undoLeft', { count: left })}
            isPending={pending}
            onPress={onUndo}
          />
        ) : null}
        <ActionButton pictogram="check" label={t('finish')} onPress={frame.onHome} />
      </div>
    </JourneyFrame>
  );
}
