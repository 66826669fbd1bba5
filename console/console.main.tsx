import { createRoot } from 'react-dom/client';
import '../ui/tokens/base.css';
import { browserClock } from '../ui/clock.ts';
import { startI18n } from '../ui/locales/i18n.ts';
import { applySurface } from '../ui/tokens/panel.ts';
import { ConsoleApp, rememberedLanguage } from './ConsoleApp.tsx';
import { watchActivity } from './board/activity.ts';
import { createDeskApi } from './board/desk-api.ts';

const place = document.getElementById('console');
if (place === null) throw new Error('index.html has no #console');
applySurface(window, 'console');
const i18n = await startI18n(rememberedLanguage());
const api = createDeskApi(watchActivity(window, browserClock));
createRoot(place).render(<ConsoleApp i18n={i18n} api={api} />);
