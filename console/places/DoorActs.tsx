import type { ReactNode } from 'react';
import { useAct } from '../board/use-act.ts';
import { useWords } from '../board/words.ts';
import { ReasonDialog } from '../frame/ReasonDialog.tsx';
import { useFoot } from '../frame/undo.tsx';
import type { Door } from '../rules/attention.rules.ts';

export type DoorAct = 'open' | 'end' | 'out' | 'back';

const WORDS = { open: 'open', end: 'end', out: 'takeOut', back: 'putBack' } as const;
const QUICK = {
  open: ['stuck', 'owner', 'clear', 'check'],
  end: ['emptied', 'overdue'],
  out: ['broken', 'dirty'],
  back: ['mended', 'cleaned'],
} as const;
/** Longest reason the hall takes. */
const REASON_MAX = 200;

export interface DoorActsProps {
  act: DoorAct;
  door: Door;
  /** The opening to follow. */
  onOpened: (commandId: string) => void;
  onClose: () => void;
}

/** The reason for an act at one door, then the act [CN6]. */
export function DoorActs({ act, door, onOpened, onClose }: DoorActsProps): ReactNode {
  const { t } = useWords();
  const { tell } = useFoot();
  const open = useAct('openDoor');
  const end = useAct('endLease');
  const service = useAct('compartmentService');
  const { number } = door.compartment;
  const byNumber = { params: { id: String(number) } };
  const word = WORDS[act];

  const send = async (reason: string): Promise<void> => {
    switch (act) {
      case 'open': {
        const answer = await open.run({ ...byNumber, body: { reason } });
        if (answer?.ok !== true) return;
        onOpened(answer.value.commandId);
        break;
      }
      case 'end': {
        if (door.lease === null) return;
        const answer = await end.run({ params: { id: door.lease.lease }, body: { reason } });
        if (answer?.ok !== true) return;
        tell(`${t('places.doorNumber', { number })} · ${t('places.leaseState.ended')}`);
        break;
      }
      case 'out':
      case 'back': {
        const answer = await service.run({ ...byNumber, body: { out: act === 'out', reason } });
        if (answer?.ok !== true) return;
        tell(`${t('places.doorNumber', { number })} · ${t(`places.mark.${answer.value.state}`)}`);
        break;
      }
    }
    onClose();
  };

  return (
    <ReasonDialog
      title={t(`places.${word}Title`, { number })}
      text={t(`places.${word}Text`)}
      confirm={
        act === 'open'
          ? t('places.openConfirm')
          : act === 'end'
            ? t('places.endConfirm')
            : t(`places.${word}`)
      }
      quick={QUICK[act].map((each) => t(`reasons.${each}`))}
      maxLength={REASON_MAX}
      refusal={open.refusal ?? end.refusal ?? service.refusal}
      onConfirm={(reason) => void send(reason)}
      onCancel={onClose}
    />
  );
}
