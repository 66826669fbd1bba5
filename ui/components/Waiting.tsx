import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import type { PictogramName } from '../pictograms/Pictogram.tsx';
import { ActionButton } from './ActionButton.tsx';
import './feedback.css';

export interface EmptyStateProps {
  pictogram?: PictogramName;
  title?: string;
  /** What one can do instead. */
  detail?: string;
  action?: ReactNode;
}

/** Nothing here: say so, and say what one can do instead. */
export function EmptyState({ pictogram = 'free', title, detail, action }: EmptyStateProps): ReactNode {
  const { t } = useTranslation('common');
  return (
    <div className="waiting">
      <Pictogram name={pictogram} />
      <p className="waiting__title">{title ?? t('empty')}</p>
      {detail === undefined ? null : <p>{detail}</p>}
      {action}
    </div>
  );
}

/** Work is under way; three stops of a line fill in turn. */
export function LoadingState({ title }: { title?: string }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <div className="waiting" role="status">
      <span className="waiting__line" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <p className="waiting__title">{title ?? t('loading')}</p>
    </div>
  );
}

export interface ErrorStateProps {
  /** What did not work, in the person's words. */
  title: string;
  /** What to do, or what happens by itself. */
  detail?: string;
  onRetry?: () => void;
}

/** Something did not work: what, what to do, and a way to try again. */
export function ErrorState({ title, detail, onRetry }: ErrorStateProps): ReactNode {
  const { t } = useTranslation('common');
  return (
    <div className="waiting waiting--error" role="alert">
      <Pictogram name="warning" />
      <p className="waiting__title">{title}</p>
      {detail === undefined ? null : <p>{detail}</p>}
      {onRetry === undefined ? null : (
        <ActionButton label={t('retry')} pictogram="repeat" onPress={onRetry} />
      )}
    </div>
  );
}
