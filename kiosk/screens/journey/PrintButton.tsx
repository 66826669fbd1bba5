import { useState } from 'react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { PrintJob } from '../../../contract/messages.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { SlipPaper } from '../../../ui/components/SlipPaper.tsx';
import { useJourney } from './journey-context.ts';

export interface PrintButtonProps {
  job: PrintJob;
  label: string;
  hint?: string;
  onWorking?: (working: boolean) => void;
}

/** How a slip ended. `unsure`: it may have come out; nobody prints it twice on a guess. */
type Slip = 'ready' | 'printing' | 'printed' | 'failed' | 'unsure';
const UNSURE: readonly (string | null)[] = ['unknown', 'no-answer', 'restarted'];

/** Prints a slip, and is honest when the paper did not come; without a printer or paper the slip is shown on the screen [KC10]. */
export function PrintButton({ job, label, hint, onWorking }: PrintButtonProps): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('journey');
  const [state, setState] = useState<Slip>('ready');
  const print = async (): Promise<void> => {
    setState('printing');
    onWorking?.(true);
    const result = await api.call('print', { body: { job } });
    setState(endOf(result));
    onWorking?.(false);
  };
  const words = {
    ready: hint,
    printing: t('printing'),
    printed: t('printed'),
    failed: t('printFailed'),
    unsure: t('printUnsure'),
  }[state];
  const paper = home.printer !== 'none' && home.printer !== 'out';
  return (
    <>
      {paper ? (
        <ActionButton
          pictogram={state === 'printed' ? 'check' : 'print'}
          label={label}
          {...(words === undefined ? {} : { hint: words })}
          isPending={state === 'printing'}
          onPress={() => void print()}
        />
      ) : null}
      {!paper || state === 'failed' || state === 'unsure' ? <OnScreen job={job} /> : null}
    </>
  );
}

function endOf(
  result: { ok: true; value: { printed: boolean; reason: string | null } } | { ok: false },
): Slip {
  if (!result.ok) return 'unsure';
  if (result.value.printed) return 'printed';
  return UNSURE.includes(result.value.reason) ? 'unsure' : 'failed';
}

/** The slip on the screen, to be photographed or copied down. */
function OnScreen({ job }: { job: PrintJob }): ReactNode {
  const { t } = useTranslation('journey');
  const [open, setOpen] = useState(false);
  const close = (): void => {
    setOpen(false);
  };
  return (
    <>
      <ActionButton
        pictogram="scan"
        label={t('slipOnScreen')}
        hint={t('slipOnScreenHint')}
        onPress={() => {
          setOpen(true);
        }}
      />
      <ModalOverlay className="overlay" isOpen={open} isDismissable onOpenChange={setOpen}>
        <Modal className="modal">
          <Dialog className="dialog">
            <Heading slot="title">{t('slipTitle')}</Heading>
            <p>{t('slipPhotograph')}</p>
            <SlipPaper job={job} label={t('slipTitle')} qrLabel={t('slipQr')} />
            <div className="dialog__actions">
              <ActionButton kind="primary" label={t('slipClose')} onPress={close} autoFocus />
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}
