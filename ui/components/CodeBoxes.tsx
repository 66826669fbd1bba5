import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './fields.css';

/** Eight digits in two fours, as they stand on the slip; the next one is framed. */
export function CodeBoxes({ value, length = 8 }: { value: string; length?: number }): ReactNode {
  const { t } = useTranslation('common');
  return (
    <div className="code-boxes" role="img" aria-label={t('codeBoxes', { count: value.length })}>
      {Array.from({ length }, (_, index) => (
        <span key={index} {...(index === value.length ? { 'data-next': '' } : {})}>
          {value[index] ?? ''}
        </span>
      ))}
    </div>
  );
}
