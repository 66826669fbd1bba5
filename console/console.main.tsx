import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import '../ui/tokens/base.css';
import { LoadingState } from '../ui/components/Waiting.tsx';
import { startI18n } from '../ui/locales/i18n.ts';
import { applySurface } from '../ui/tokens/panel.ts';

const place = document.getElementById('console');
if (place === null) throw new Error('index.html has no #console');
applySurface(window, 'console');
const i18n = await startI18n('zh-CN');
createRoot(place).render(
  <I18nextProvider i18n={i18n}>
    <LoadingState />
  </I18nextProvider>,
);
