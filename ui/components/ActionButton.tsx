import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import './buttons.css';

export interface ActionButtonProps {
  label: string;
  hint?: string;
  pictogram?: PictogramName;
  /** Draws the pictogram after the words, as "next" wants it. */
  pictogramAfter?: boolean;
  /** primary: THE next action, red, one a screen. plain: boxed. quiet: small and boxed lightly. link: desk only. */
  kind?: 'primary' | 'plain' | 'quiet' | 'link';
  /** A keyboard shortcut shown on the desk; the page binds it. */
  shortcut?: string;
  isDisabled?: boolean;
  /**
   * The action is on its way: pressed again it does nothing. Not the library's own pending state, whose
   * announcement names an element that is gone when the answer comes.
   */
  isPending?: boolean;
  autoFocus?: boolean;
  type?: 'button' | 'submit';
  onPress?: () => void;
}

/** A button with its verb. */
export function ActionButton(props: ActionButtonProps): ReactNode {
  const { label, hint, pictogram, kind = 'plain', shortcut, isPending = false } = props;
  const sign = pictogram === undefined ? null : <Pictogram name={pictogram} />;
  return (
    <Button
      className={`action action--${kind}${isPending ? ' action--pending' : ''}`}
      type={isPending ? 'button' : (props.type ?? 'button')}
      isDisabled={props.isDisabled ?? false}
      autoFocus={props.autoFocus ?? false}
      {...(props.onPress === undefined || isPending ? {} : { onPress: props.onPress })}
    >
      {props.pictogramAfter === true ? null : sign}
      <span className="action__words">
        <span>{label}</span>
        {hint === undefined ? null : <small>{hint}</small>}
      </span>
      {props.pictogramAfter === true ? sign : null}
      {shortcut === undefined ? null : <kbd>{shortcut}</kbd>}
    </Button>
  );
}
