import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftView } from '../../../contract/hall-api.ts';
import type { Answer, ServiceField } from '../../../contract/services.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { ErrorSummary } from '../../../ui/components/FormSummary.tsx';
import type { FormError } from '../../../ui/components/FormSummary.tsx';
import { ProgressLine } from '../../../ui/components/StepsLine.tsx';
import { ScreenKeyboard } from '../../../ui/keyboard/ScreenKeyboard.tsx';
import type { ServiceContext } from '../../journeys/service.machine.ts';
import { shownPages } from '../../journeys/service-pages.rules.ts';
import { useSay } from '../journey/journey-context.ts';
import { JourneyFrame } from '../journey/JourneyFrame.tsx';
import { RefusalNotice } from '../journey/RefusalNotice.tsx';
import { keyboardFor, tidyInput } from './field-input.ts';
import { QuestionField } from './QuestionField.tsx';
import type { ServiceFrame } from './ServicesPage.tsx';

export interface QuestionPageProps {
  frame: ServiceFrame;
  context: ServiceContext;
  draft: DraftView;
  pending: boolean;
  onType: (field: string, value: Answer) => void;
  onRetype: (field: string) => void;
  onNext: () => void;
  onKeep: () => void;
}

const NONE: readonly FormError[] = [];

/** One question of a service, with the keys that fit it. */
export function QuestionPage(props: QuestionPageProps): ReactNode {
  const { context, draft } = props;
  const { t } = useTranslation('service');
  const say = useSay();
  const form = useRef<HTMLFormElement>(null);
  const pages = shownPages(draft.service, draft.answers);
  const page = draft.service.pages.find((each) => each.id === context.page);
  const [active, setActive] = useState(page?.fields[0]?.id ?? '');
  const faults = Object.entries(context.faults).filter(([id]) =>
    page?.fields.some((field) => field.id === id),
  );
  const focusOn = (id: string): void => {
    form.current?.querySelector<HTMLElement>(`[data-field="${id}"] :is(input, textarea, button)`)?.focus();
  };
  // The summary stands as it was when the page was judged: it takes focus once a try, not while somebody types.
  const summary = useMemo(
    () => faults.map(([field, words]) => ({ field, sentence: say.words(words) })),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [context.tries, say.zh],
  );
  // A page with a text field is ready for typing; with faults the summary has the focus instead.
  useEffect(() => {
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('.error-summary')?.focus();
    else if (context.refusal === undefined && active !== '') focusOn(active);
    // Once, when the page opens: it is mounted anew for every question.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  if (page === undefined) return null;

  const isMasked = (field: ServiceField): boolean =>
    draft.masked[field.id] !== undefined && !context.retyping.includes(field.id);
  const valueOf = (field: ServiceField): Answer | undefined =>
    context.typed[field.id] ?? (isMasked(field) ? undefined : draft.answers[field.id]);
  const typing = page.fields.find((field) => field.id === active);
  const keys = typing === undefined || isMasked(typing) ? undefined : keyboardFor(typing);
  const type = (field: ServiceField, value: Answer): void => {
    props.onType(field.id, typeof value === 'string' ? tidyInput(field, value) : value);
  };
  const step = pages.findIndex((each) => each.id === page.id) + 1;
  return (
    <JourneyFrame
      {...props.frame}
      page={`service/${draft.service.id}/${page.id}`}
      pace="form"
      {...(keys === undefined || typing === undefined
        ? {}
        : {
            dock: (
              <ScreenKeyboard
                key={typing.id}
                mode={keys.mode}
                words={keys.words}
                maxLength={keys.maxLength}
                value={String(valueOf(typing) ?? '')}
                onChange={(value) => {
                  type(typing, value);
                }}
              />
            ),
          })}
    >
      <form
        ref={form}
        className="question"
        onSubmit={(event) => {
          event.preventDefault();
          props.onNext();
        }}
      >
        <ProgressLine step={Math.max(1, step)} of={pages.length} />
        <ErrorSummary errors={faults.length === 0 ? NONE : summary} onGo={focusOn} />
        <RefusalNotice refusal={context.refusal} detail={t('keptHere')} />
        {page.fields.length > 1 ? <h2 className="journey__question">{say.words(page.question)}</h2> : null}
        {page.fields.length > 1 && page.help !== undefined ? (
          <p className="journey__lead">{say.words(page.help)}</p>
        ) : null}
        {page.fields.map((field) => (
          <div
            key={field.id}
            data-field={field.id}
            className={`question__field${field.id === active && keys !== undefined ? ' question__field--active' : ''}`}
            onFocus={() => {
              setActive(field.id);
            }}
          >
            <QuestionField
              field={field}
              page={page}
              value={valueOf(field)}
              mask={isMasked(field) ? draft.masked[field.id] : undefined}
              fault={context.faults[field.id]}
              onChange={(value) => {
                type(field, value);
              }}
              onRetype={() => {
                props.onRetype(field.id);
                setActive(field.id);
              }}
            />
          </div>
        ))}
        <div className="frame__foot question__foot">
          {props.frame.onBack === undefined ? null : (
            <ActionButton pictogram="arrow-left" label={t('previous')} onPress={props.frame.onBack} />
          )}
          <ActionButton kind="quiet" label={t('keep')} hint={t('keepHint')} onPress={props.onKeep} />
          <ActionButton
            kind="primary"
            type="submit"
            pictogram="arrow-right"
            pictogramAfter
            label={context.changing ? t('changed') : t('next')}
            isPending={props.pending}
          />
        </div>
      </form>
    </JourneyFrame>
  );
}
