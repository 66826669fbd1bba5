import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../contract/refusals.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Field } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { useWords } from '../board/words.ts';

export interface ReasonDialogProps {
  title: string;
  text: string;
  /** The verb. */
  confirm: string;
  /** Reasons people give again and again; one press fills the field. */
  quick?: readonly string[];
  label?: string;
  /** false: a reason may be given, and need not. */
  required?: boolean;
  maxLength: number;
  refusal: Refusal | undefined;
  onConfirm: (reason: string) => void;
  onCancel: () => void;
}

/** Asks for the reason before an act leaves the desk; without one nothing is sent [CN6, CN7]. */
export function ReasonDialog(props: ReasonDialogProps): ReactNode {
  const { t, sayRefusal } = useWords();
  const { t: common } = useTranslation('common');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const { required = true, quick = [] } = props;
  const confirm = (): void => {
    if (required && reason.trim() === '') {
      setMissing(true);
      document.getElementById('reason')?.querySelector('textarea')?.focus();
      return;
    }
    props.onConfirm(reason.trim());
  };
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) props.onCancel();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{props.title}</Heading>
          <p>{props.text}</p>
          {props.refusal === undefined ? null : (
            <Notice kind="attention" title={t('failedTitle')} detail={sayRefusal(props.refusal)} />
          )}
          <Field
            id="reason"
            label={props.label ?? t('reasons.label')}
            value={reason}
            onChange={(value) => {
              setReason(value);
              setMissing(false);
            }}
            error={missing ? t('reasons.missing') : undefined}
            lines={2}
            maxLength={props.maxLength}
            isRequired={required}
            autoFocus
          />
          {quick.length === 0 ? null : (
            <div className="quick-reasons" role="group" aria-label={t('reasons.quick')}>
              {quick.map((each) => (
                <Button
                  key={each}
                  className="small-box"
                  onPress={() => {
                    setReason(each);
                    setMissing(false);
                  }}
                >
                  {each}
                </Button>
              ))}
            </div>
          )}
          <div className="dialog__actions">
            <ActionButton label={common('cancel')} onPress={props.onCancel} />
            <ActionButton kind="primary" label={props.confirm} onPress={confirm} />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
