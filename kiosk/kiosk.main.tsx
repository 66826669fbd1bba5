import { createRoot } from 'react-dom/client';
import '../ui/tokens/base.css';
import { startI18n } from '../ui/locales/i18n.ts';
import { applyKioskPanel } from '../ui/tokens/panel.ts';
import { KioskApp } from './app/KioskApp.tsx';

const place = document.getElementById('kiosk');
if (place === null) throw new Error('index.html has no #kiosk');
applyKioskPanel(window);
const i18n = await startI18n('zh-CN');
createRoot(place).render(<KioskApp i18n={i18n} />);
