import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Toggle } from '../../ui/components/Choices.tsx';
import { useWords } from '../board/words.ts';
import { useShortcuts } from './shortcuts.tsx';

/** Every key that means something on this page, and the switch for those who cannot use single keys. */
export function ShortcutSheet({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useWords();
  const { t: common } = useTranslation('common');
  const { all, on, setOn } = useShortcuts();
  const seen = new Set<string>();
  const shown = all().filter((each) => !seen.has(each.key) && seen.add(each.key));
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
          <Heading slot="title">{t('keys.title')}</Heading>
          <dl className="desk-keys">
            {shown.map((each) => (
              <div key={each.key}>
                <dt>
                  <kbd>{each.key === 'space' ? t('keys.space') : each.key.toUpperCase()}</kbd>
                </dt>
                <dd>{each.label}</dd>
              </div>
            ))}
          </dl>
          <Toggle
            label={t('keys.toggle')}
            hint={t('keys.toggleHint')}
            checked={on}
            onChange={setOn}
            on={t('keys.on')}
            off={t('keys.off')}
          />
          <ActionButton label={common('close')} onPress={onClose} autoFocus />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
