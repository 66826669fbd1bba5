import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PrintJob } from '../../../contract/messages.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { useJourney } from './journey-context.ts';

export interface PrintButtonProps {
  job: PrintJob;
  label: string;
  hint?: string;
  onWorking?: (working: boolean) => void;
}

/** Prints a slip; absent on a kiosk without a printer, and honest when the paper did not come. */
export function PrintButton({ job, label, hint, onWorking }: PrintButtonProps): ReactNode {
  const { api, home } = useJourney();
  const { t } = useTranslation('journey');
  const [state, setState] = useState<'ready' | 'printing' | 'printed' | 'failed'>('ready');
  if (home.printer === 'none') return null;
  const print = async (): Promise<void> => {
    setState('printing');
    onWorking?.(true);
    const result = await api.call('print', { body: { job } });
    setState(result.ok && result.value.printed ? 'printed' : 'failed');
    onWorking?.(false);
  };
  const words = { ready: hint, printing: t('printing'), printed: t('printed'), failed: t('printFailed') }[
    state
  ];
  return (
    <ActionButton
      pictogram={state === 'printed' ? 'check' : 'print'}
      label={label}
      {...(words === undefined ? {} : { hint: words })}
      isPending={state === 'printing'}
      isDisabled={home.printer === 'out'}
      onPress={() => void print()}
    />
  );
}
