import type { ReactNode } from 'react';
import { Checkbox, Radio, RadioGroup, Switch } from 'react-aria-components';
import { Label } from 'react-aria-components';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './fields.css';

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

export interface ChoicesProps {
  label: string;
  choices: readonly Choice[];
  value: string | undefined;
  onChange: (value: string) => void;
  error?: string | undefined;
  asQuestion?: boolean;
  /** Few and short: side by side where the panel is low. */
  short?: boolean;
}

/** One of several, each in its own box. */
export function Choices({
  label,
  choices,
  value,
  onChange,
  error,
  asQuestion = false,
  short = false,
}: ChoicesProps): ReactNode {
  return (
    <RadioGroup
      className={`field${asQuestion ? ' field--question' : ''}`}
      value={value ?? null}
      onChange={onChange}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label className="field__label">{label}</Label>
      <div className={`choices${short ? ' choices--short' : ''}`}>
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} className="choice">
            <span className="choice__mark choice__mark--round" />
            <span className="choice__words">
              <strong>{choice.label}</strong>
              {choice.hint === undefined ? null : <small>{choice.hint}</small>}
            </span>
          </Radio>
        ))}
      </div>
      {error === undefined ? null : (
        <p className="field__error">
          <Pictogram name="warning" />
          <span>{error}</span>
        </p>
      )}
    </RadioGroup>
  );
}

export interface TickProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A statement to agree with. */
export function Tick({ label, hint, checked, onChange }: TickProps): ReactNode {
  return (
    <Checkbox className="choice" isSelected={checked} onChange={onChange}>
      <span className="choice__mark">
        <Pictogram name="check" />
      </span>
      <span className="choice__words">
        <strong>{label}</strong>
        {hint === undefined ? null : <small>{hint}</small>}
      </span>
    </Checkbox>
  );
}

/** A setting that holds at once: the word beside the knob says which way it stands. */
export function Toggle({
  label,
  hint,
  checked,
  onChange,
  on,
  off,
}: TickProps & { on: string; off: string }): ReactNode {
  return (
    <Switch className="choice choice--switch" isSelected={checked} onChange={onChange}>
      <span className="choice__words">
        <strong>{label}</strong>
        {hint === undefined ? null : <small>{hint}</small>}
      </span>
      <span className="choice__track" aria-hidden="true">
        <span>{checked ? on : off}</span>
        <i />
      </span>
    </Switch>
  );
}
