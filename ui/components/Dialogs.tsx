import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useCountdown } from '../clock.ts';
import { ActionButton } from './ActionButton.tsx';
import './feedback.css';

export interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  text: string;
  /** A verb, never "yes". */
  confirm: string;
  cancel?: string;
  children?: ReactNode;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks once before something that matters. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { t } = useTranslation('common');
  return (
    <ModalOverlay
      className="overlay"
      isOpen={props.isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) props.onCancel();
      }}
    >
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{props.title}</Heading>
          <p>{props.text}</p>
          {props.children}
          <div className="dialog__actions">
            <ActionButton label={props.cancel ?? t('cancel')} onPress={props.onCancel} autoFocus />
            <ActionButton kind="primary" label={props.confirm} onPress={props.onConfirm} />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface IdleDialogProps {
  /** How long the warning stands before everything is wiped; 30 s, twice that in elderly mode. */
  seconds: number;
  onStay: () => void;
  onEnd: () => void;
}

/** "Are you still there?": counts down in words and figures, then ends. Mount it to start it. */
export function IdleDialog({ seconds, onStay, onEnd }: IdleDialogProps): ReactNode {
  const { t } = useTranslation('frame');
  const left = useCountdown(seconds, onEnd);
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      onOpenChange={(open) => {
        if (!open) onStay();
      }}
    >
      <Modal className="modal">
        <Dialog role="alertdialog" className="dialog">
          <Heading slot="title">{t('idleTitle')}</Heading>
          <p className="dialog__count" aria-hidden="true">
            {left}
          </p>
          <p>{t('idleText', { count: left })}</p>
          <div className="dialog__actions">
            <ActionButton label={t('idleEnd')} pictogram="exit" onPress={onEnd} />
            <ActionButton kind="primary" label={t('idleStay')} onPress={onStay} autoFocus />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
