import type { ReactNode } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './fields.css';

export interface FieldProps {
  /** Also the id errors jump to. */
  id: string;
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  /** The sentence that says what to do; the field counts as wrong while it is there. */
  error?: string | undefined;
  /** Draws the label as the page's one sentence. */
  asQuestion?: boolean;
  lines?: number;
  inputMode?: 'text' | 'numeric' | 'tel' | 'none';
  type?: 'text' | 'password' | 'tel';
  autoComplete?: string;
  maxLength?: number;
  isRequired?: boolean;
  autoFocus?: boolean;
  /** At the end of the field, e.g. a clear button. */
  end?: ReactNode;
}

/** A labelled text field with its hint and its error in words. */
export function Field(props: FieldProps): ReactNode {
  const { id, label, hint, value, onChange, error, asQuestion = false, lines = 1 } = props;
  return (
    <TextField
      id={id}
      className={`field${asQuestion ? ' field--question' : ''}`}
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      isRequired={props.isRequired ?? false}
      validationBehavior="aria"
      autoFocus={props.autoFocus ?? false}
      type={props.type ?? 'text'}
      {...(props.inputMode === undefined ? {} : { inputMode: props.inputMode })}
      {...(props.maxLength === undefined ? {} : { maxLength: props.maxLength })}
      autoComplete={props.autoComplete ?? 'off'}
    >
      <Label className="field__label">{label}</Label>
      {hint === undefined ? null : (
        <Text slot="description" className="field__hint">
          {hint}
        </Text>
      )}
      <span className="field__box">
        {lines > 1 ? <TextArea rows={lines} spellCheck={false} /> : <Input spellCheck={false} />}
        {props.end}
      </span>
      <FieldError className="field__error">
        <Pictogram name="warning" />
        <span>{error}</span>
      </FieldError>
    </TextField>
  );
}
