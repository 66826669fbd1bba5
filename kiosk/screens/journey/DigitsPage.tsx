import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../../contract/refusals.ts';
import { ActionButton } from '../../../ui/components/ActionButton.tsx';
import { Field } from '../../../ui/components/Field.tsx';
import { NumPad } from '../../../ui/components/NumPad.tsx';
import { JourneyFrame } from './JourneyFrame.tsx';
import type { JourneyFrameProps } from './JourneyFrame.tsx';
import { RefusalNotice } from './RefusalNotice.tsx';

export interface DigitsBox {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly least: number;
  readonly most: number;
  /** Said when fewer than `least` digits stand there. */
  readonly short: string;
  readonly before: string;
  /** Digits -> what the box shows, and back. */
  readonly show?: (digits: string) => string;
  readonly read?: (shown: string) => string;
}

export interface DigitsPageProps extends Pick<
  JourneyFrameProps,
  'pictogram' | 'title' | 'second' | 'page' | 'onHome' | 'onBack'
> {
  question: string;
  boxes: readonly [DigitsBox, DigitsBox];
  refusal: Refusal | undefined;
  pending: boolean;
  submit: string;
  /** Another way in, e.g. "hold the code to the scanner". */
  other?: ReactNode;
  onDone: (first: string, second: string) => void;
}

/** Two numbers on one pad: a full first box leads to the second by itself. */
export function DigitsPage(props: DigitsPageProps): ReactNode {
  const { t } = useTranslation('journey');
  const [first, second] = props.boxes;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({
    [first.id]: first.before,
    [second.id]: second.before,
  });
  const [active, setActive] = useState(first.id);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const box = active === first.id ? first : second;
  const valueOf = (id: string): string => values[id] ?? '';

  const set = (which: DigitsBox, digits: string): void => {
    setValues({ ...values, [which.id]: digits.replace(/\D/g, '').slice(0, which.most) });
    setFaults([]);
  };
  const done = (): void => {
    const short = props.boxes.filter((each) => valueOf(each.id).length < each.least).map((each) => each.id);
    setFaults(short);
    const worst = short[0];
    if (worst === undefined) props.onDone(valueOf(first.id), valueOf(second.id));
    else setActive(worst);
  };
  return (
    <JourneyFrame
      pictogram={props.pictogram}
      title={props.title}
      {...(props.second === undefined ? {} : { second: props.second })}
      page={props.page}
      pace="form"
      onHome={props.onHome}
      {...(props.onBack === undefined ? {} : { onBack: props.onBack })}
    >
      <form
        className="digits"
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        <div className="digits__fields">
          <h2 className="journey__question">{props.question}</h2>
          <RefusalNotice refusal={props.refusal} />
          {props.boxes.map((each) => (
            <div
              key={each.id}
              className={`digits__box${active === each.id ? ' digits__box--active' : ''}`}
              onFocus={() => {
                setActive(each.id);
              }}
            >
              <Field
                id={each.id}
                label={each.label}
                {...(each.hint === undefined ? {} : { hint: each.hint })}
                value={each.show === undefined ? valueOf(each.id) : each.show(valueOf(each.id))}
                onChange={(text) => {
                  set(each, each.read === undefined ? text : each.read(text));
                }}
                error={faults.includes(each.id) ? each.short : undefined}
                inputMode="none"
              />
            </div>
          ))}
          {props.other}
        </div>
        <div className="digits__keys">
          <NumPad
            onDigit={(digit) => {
              const next = valueOf(box.id) + digit;
              set(box, next);
              if (box === first && next.length >= first.most) setActive(second.id);
            }}
            onBackspace={() => {
              set(box, valueOf(box.id).slice(0, -1));
            }}
            onClear={() => {
              set(box, '');
            }}
          />
          <ActionButton
            label={box === first ? t('nextBox') : t('lastBox')}
            pictogram={box === first ? 'arrow-down' : 'arrow-up'}
            onPress={() => {
              setActive(box === first ? second.id : first.id);
            }}
          />
          <ActionButton kind="primary" type="submit" label={props.submit} isPending={props.pending} />
        </div>
      </form>
    </JourneyFrame>
  );
}
