import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { BigNumber } from '../../ui/components/BigNumber.tsx';
import { useWords } from '../board/words.ts';

/** The one-time code, large enough to read across the room; gone when closed [CN15]. */
export function EnrolCode(props: { kiosk: string; code: string; onClose: () => void }): ReactNode {
  const { t } = useWords();
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog enrol-code">
          <Heading slot="title">{t('devices.codeFor', { kiosk: props.kiosk })}</Heading>
          <BigNumber size="code" value={props.code} />
          <p>{t('devices.codeText')}</p>
          <ActionButton label={t('devices.codeClose')} onPress={props.onClose} autoFocus />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
