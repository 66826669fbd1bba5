import type { ReactNode } from 'react';
import type { Refusal } from '../../contract/refusals.ts';
import { ActionButton } from '../../ui/components/ActionButton.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { usePhone } from '../data/phone-context.ts';
import { useWords } from '../data/words.ts';

/** What came of an act, to be shown where it was asked for. */
export interface Outcome {
  readonly kind: 'ok' | 'attention';
  readonly title: string;
  readonly detail?: string;
  /** Takes it back; absent when there is no way back [PP8]. */
  readonly undo?: () => void;
}

export interface OutcomeStripProps {
  outcome: Outcome | undefined;
  refusal: Refusal | undefined;
  pending: boolean;
}

/** The strip under a page's heading: done, with undo; or refused, with the reason. */
export function OutcomeStrip({ outcome, refusal, pending }: OutcomeStripProps): ReactNode {
  const { view } = usePhone();
  const { t, sayRefusal } = useWords(view.hall.timeZone);
  if (refusal !== undefined) return <Notice kind="attention" title={sayRefusal(refusal)} />;
  if (outcome === undefined) return null;
  return (
    <Notice
      kind={outcome.kind}
      title={outcome.title}
      {...(outcome.detail === undefined ? {} : { detail: outcome.detail })}
      action={
        outcome.undo === undefined ? undefined : (
          <ActionButton
            kind="quiet"
            label={t('undo')}
            pictogram="undo"
            isPending={pending}
            onPress={outcome.undo}
          />
        )
      }
    />
  );
}

/** Facts in a ruled list: label and value. */
export function Facts({
  rows,
}: {
  rows: readonly (readonly [label: string, value: ReactNode])[];
}): ReactNode {
  return (
    <dl className="facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
