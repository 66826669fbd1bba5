import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Pictogram } from '../pictograms/Pictogram.tsx';
import './feedback.css';

/** Stands over every page of a demo hall. */
export function DemoBanner(): ReactNode {
  const { t } = useTranslation('common');
  return (
    <section className="demo-banner" aria-label={t('demo')}>
      <Pictogram name="warning" />
      <span>{t('demo')}</span>
    </section>
  );
}
