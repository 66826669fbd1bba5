import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './fields.css';

export interface FormError {
  /** The id of the field it is about. */
  field: string;
  sentence: string;
}

/** What is wrong with the page, in words, each leading to its field; takes focus when it appears. */
export function ErrorSummary({
  errors,
  onGo,
}: {
  errors: readonly FormError[];
  onGo: (field: string) => void;
}): ReactNode {
  const { t } = useTranslation('common');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div className="error-summary" role="alert" tabIndex={-1} ref={box}>
      <h2>
        <Pictogram name="warning" />
        {t('errorTitle', { count: errors.length })}
      </h2>
      <ul>
        {errors.map((error) => (
          <li key={error.field}>
            <Button className="text-button" onPress={() => onGo(error.field)}>
              {error.sentence}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface ReviewItem {
  id: string;
  label: string;
  value: string;
  onChange?: () => void;
}

/** Everything the person has answered, ruled, with a boxed "change" at each line. */
export function ReviewList({ items }: { items: readonly ReviewItem[] }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <dl className="review">
      {items.map((item) => (
        <div key={item.id}>
          <dt>{item.label}</dt>
          <dd>
            <span>{item.value}</span>
            {item.onChange === undefined ? null : (
              <Button
                className="small-box"
                aria-label={`${t('change')}: ${item.label}`}
                onPress={item.onChange}
              >
                <Pictogram name="pencil" />
                {t('change')}
              </Button>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
