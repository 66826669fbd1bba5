import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Words } from '../../../contract/ids.ts';
import type { Answer, ServiceField, ServicePage } from '../../../contract/services.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Choices, Tick } from '../../../ui/components/Choices.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { Pictogram } from '../../../ui/pictograms/Pictogram.tsx';
import { useSay } from '../journey/journey-context.ts';

export interface QuestionFieldProps {
  field: ServiceField;
  page: ServicePage;
  value: Answer | undefined;
  /** Shown in place of a sensitive answer the hall already has. */
  mask: string | undefined;
  fault: Words | undefined;
  onChange: (value: Answer) => void;
  onRetype: () => void;
}

/** One field by its kind. Alone on its page, its label is the page's question. */
export function QuestionField(props: QuestionFieldProps): ReactNode {
  const { field, page, value, mask, fault, onChange } = props;
  const { t } = useTranslation('service');
  const say = useSay();
  const alone = page.fields.length === 1;
  const optional = field.required ? '' : t('optional');
  const label = `${say.words(alone ? page.question : field.label)}${alone ? '' : optional}`;
  const help = [
    alone && page.help !== undefined ? say.words(page.help) : '',
    field.hint === undefined ? '' : say.words(field.hint),
    alone && page.help === undefined ? optional : '',
  ].filter((part) => part !== '');
  const hint = help.length === 0 ? {} : { hint: help.join(' ') };
  const error = fault === undefined ? undefined : say.words(fault);

  if (mask !== undefined)
    return (
      <div className="masked">
        {alone ? <h2 className="journey__question">{label}</h2> : <p className="field__label">{label}</p>}
        <p className="masked__value">{mask}</p>
        <p className="journey__note">{t('maskedHint')}</p>
        <ActionButton pictogram="pencil" label={t('retype')} onPress={props.onRetype} />
      </div>
    );
  switch (field.kind) {
    case 'choice':
      return (
        <>
          <Choices
            asQuestion={alone}
            label={label}
            choices={field.options.map((option) => ({ value: option.value, label: say.words(option.label) }))}
            value={typeof value === 'string' ? value : undefined}
            onChange={onChange}
            error={error}
          />
          {help.length === 0 ? null : <p className="journey__note">{help.join(' ')}</p>}
        </>
      );
    case 'confirm':
      return (
        <div className="masked">
          {alone ? <h2 className="journey__question">{say.words(page.question)}</h2> : null}
          {help.map((part) => (
            <p key={part} className="journey__lead">
              {part}
            </p>
          ))}
          <Tick label={say.words(field.label)} checked={value === true} onChange={onChange} />
          {error === undefined ? null : (
            <p className="field__error">
              <Pictogram name="warning" />
              <span>{error}</span>
            </p>
          )}
        </div>
      );
    case 'date':
      return (
        <Field
          id={field.id}
          asQuestion={alone}
          label={label}
          hint={[...help, t('dateHint')].join(' ')}
          value={String(value ?? '')}
          onChange={onChange}
          error={error}
          inputMode="none"
        />
      );
    case 'text':
      return (
        <Field
          id={field.id}
          asQuestion={alone}
          label={label}
          {...hint}
          value={String(value ?? '')}
          onChange={onChange}
          error={error}
          lines={field.multiline ? 4 : 1}
          inputMode="none"
          maxLength={field.maxLength}
          end={
            value === undefined || value === '' ? undefined : (
              <ActionButton
                kind="quiet"
                pictogram="backspace"
                label={t('clear')}
                onPress={() => {
                  onChange('');
                }}
              />
            )
          }
        />
      );
  }
}
