import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Millis } from '../../../contract/ports.ts';
import { useClock } from '../../../ui/clock.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { NumPad } from '../../../ui/components/NumPad.tsx';
import type { KioskShell } from '../../preload/bridge.ts';
import './shell.css';

/** A question nobody answers goes away: the next visitor must not find it. */
const OPEN_MS: Millis = 30_000;
const LONGEST_PIN = 12;

/** The PIN of the way out for staff [KS6]. Digits are shown as dots and leave the page with the question. */
export function StaffExit({ shell, onClose }: { shell: KioskShell; onClose: () => void }): ReactNode {
  const clock = useClock();
  const { t } = useTranslation('shell');
  const [pin, setPin] = useState('');
  const [answer, setAnswer] = useState<'none' | 'asking' | 'wrong' | 'closed'>('none');

  useEffect(() => clock.after(OPEN_MS, onClose), [clock, onClose, pin]);

  const leave = async (): Promise<void> => {
    setAnswer('asking');
    const said = await shell.staffExit(pin);
    setPin('');
    // `opened`: the shell is closing; nothing here matters any more.
    setAnswer(said === 'opened' ? 'none' : said);
  };
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{t('title')}</Heading>
          <p role="status">
            {answer === 'wrong' ? t('wrong') : answer === 'closed' ? t('closed') : t('text')}
          </p>
          <p className="staff-exit__dots" role="img" aria-label={t('typed', { count: pin.length })}>
            {'●'.repeat(pin.length)}
          </p>
          <NumPad
            onDigit={(digit) => {
              setPin((before) => (before + digit).slice(0, LONGEST_PIN));
            }}
            onBackspace={() => {
              setPin((before) => before.slice(0, -1));
            }}
            onClear={() => {
              setPin('');
            }}
          />
          <div className="dialog__actions">
            <ActionButton label={t('stay')} onPress={onClose} />
            <ActionButton
              kind="primary"
              label={t('leave')}
              isDisabled={pin === ''}
              isPending={answer === 'asking'}
              onPress={() => {
                void leave();
              }}
            />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
