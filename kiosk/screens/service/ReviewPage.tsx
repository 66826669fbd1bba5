import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftView } from '../../../contract/hall-api.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ReviewList } from '../../../ui/components/FormSummary.tsx';
import { answerWords, shownPages } from '../../journeys/service-pages.rules.ts';
import { useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import type { ServiceFrame } from './ServicesPage.tsx';

export interface ReviewPageProps {
  frame: ServiceFrame;
  draft: DraftView;
  refusal: Refusal | undefined;
  pending: boolean;
  onChange: (page: string) => void;
  onKeep: () => void;
  onSubmit: () => void;
}

/** Every answer once more, each with its "change"; handing in is the red one. */
export function ReviewPage(props: ReviewPageProps): ReactNode {
  const { draft } = props;
  const { t } = useTranslation('service');
  const say = useSay();
  return (
    <JourneyFrame {...props.frame} page={`service/${draft.service.id}/review`} pace="form">
      <h2 className="journey__question">{t('reviewTitle')}</h2>
      <RefusalNotice refusal={props.refusal} detail={t('keptHere')} />
      <ReviewList
        items={shownPages(draft.service, draft.answers).flatMap((page) =>
          page.fields.map((field) => ({
            id: field.id,
            label: say.words(field.kind === 'confirm' ? page.question : field.label),
            value:
              field.kind === 'confirm' && draft.answers[field.id] === true
                ? `✓ ${say.words(field.label)}`
                : (answerWords(field, draft, say.zh ? 'zh' : 'en') ?? t('notAnswered')),
            onChange: () => {
              props.onChange(page.id);
            },
          })),
        )}
      />
      <div className="frame__foot question__foot">
        <ActionButton
          pictogram="arrow-left"
          label={t('previous')}
          {...(props.frame.onBack === undefined ? {} : { onPress: props.frame.onBack })}
        />
        <ActionButton kind="quiet" label={t('keep')} hint={t('keepHint')} onPress={props.onKeep} />
        <ActionButton
          kind="primary"
          pictogram="check"
          label={t('submit')}
          isPending={props.pending}
          onPress={props.onSubmit}
        />
      </div>
    </JourneyFrame>
  );
}
