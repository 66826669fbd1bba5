import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DoorCommandView, LeaseView } from '../../../contract/hall-api.ts';
import { refused } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../../ui/components/BigNumber.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { ResultPanel } from '../../../ui/components/ResultPanel.tsx';
import { StateMark } from '../../../ui/components/StateMark.tsx';
import { StepsList } from '../../../ui/components/StepsLine.tsx';
import { useJourney, useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { playTone } from '../journey/tones.ts';
import { CabinetOf, usePlaceWords } from './CabinetOf.tsx';
import type { LockerFrame } from './locker-frame.ts';

type Trouble = 'did-not-open' | 'does-not-close' | 'not-mine';

export interface DoorPageProps {
  frame: LockerFrame;
  command: DoorCommandView;
  lease: LeaseView | undefined;
}

/** The door, as the hall sees it: on its way, open, or in trouble with a sentence. Never a time-out while it may be open. */
export function DoorPage({ frame, command }: DoorPageProps): ReactNode {
  const { t } = useTranslation('locker');
  const { api, home } = useJourney();
  const say = useSay();
  const place = usePlaceWords(command.compartment);
  const [called, setCalled] = useState<'no' | 'yes' | 'failed'>('no');
  const open = command.state === 'opened';
  const trouble = command.state === 'refused' || command.state === 'failed' || command.state === 'unknown';
  useEffect(() => {
    if (open) playTone('success');
    if (trouble) playTone('attention');
  }, [open, trouble]);
  const report = async (what: Trouble): Promise<void> => {
    const answer = await api.call('lockerTrouble', { body: { commandId: command.commandId, trouble: what } });
    setCalled(answer.ok ? 'yes' : 'failed');
  };
  const finishing = command.cause === 'finish';
  return (
    <JourneyFrame
      {...frame}
      page={`locker/${command.state}`}
      busy={!trouble}
      pace="form"
      read={
        <>
          {trouble ? (
            <ResultPanel
              kind="attention"
              sentence={
                command.refusal === undefined
                  ? t('lookAtDoor')
                  : say.refusal(refused(command.refusal.code, command.refusal.params).refusal)
              }
            />
          ) : (
            <p className="locker-state" role="status">
              <StateMark state={open ? 'ok' : 'unknown'} word={open ? t('doorOpen') : t('opening')} />
            </p>
          )}
          <div className="locker-door">
            <BigNumber value={String(command.compartment)} note={finishing ? t('wasYours') : t('isYours')} />
            <CabinetOf compartment={command.compartment} position={open ? 'open' : 'closed'} />
          </div>
          <p className="journey__lead">{place}</p>
          {open ? (
            <StepsList
              steps={
                finishing
                  ? [
                      { id: 'take', title: t('takeOut'), detail: t('takeOutDetail') },
                      { id: 'shut', title: t('shutDoor'), detail: t('shutToEnd') },
                    ]
                  : [
                      { id: 'put', title: t('putIn'), detail: t('putInDetail') },
                      { id: 'shut', title: t('shutDoor'), detail: t('shutDoorDetail') },
                    ]
              }
            />
          ) : null}
        </>
      }
    >
      {called === 'yes' ? (
        <Notice kind="ok" title={t('staffCalled')} detail={t('staffCalledDetail')} />
      ) : null}
      {called === 'failed' ? (
        <Notice kind="attention" title={t('callFailed')} detail={home.hall.helpPhone} />
      ) : null}
      <p className="locker-wrong">{t('wrong')}</p>
      <div className="journey__even">
        <ActionButton label={t('didNotOpen')} onPress={() => void report('did-not-open')} />
        <ActionButton label={t('doesNotClose')} onPress={() => void report('does-not-close')} />
        <ActionButton label={t('notMine')} onPress={() => void report('not-mine')} />
      </div>
      {trouble ? <ActionButton pictogram="home" label={t('done')} onPress={frame.onHome} /> : null}
    </JourneyFrame>
  );
}
