import { createRoot } from 'react-dom/client';
import '../ui/tokens/base.css';
import { ClockProvider, browserClock } from '../ui/clock.ts';
import type { Language } from '../ui/clock.ts';
import { startI18n } from '../ui/locales/i18n.ts';
import { applyKioskPanel } from '../ui/tokens/panel.ts';
import type { TextSize } from '../ui/tokens/panel.ts';
import { KioskShell } from './screens/frame/KioskShell.tsx';
import { GalleryPage } from './gallery-pages.tsx';

// Development only: vite builds index.html alone, so nothing of this reaches a hall.
const query = new URLSearchParams(location.search);
const language: Language = query.get('lang') === 'en' ? 'en' : 'zh-CN';
const text = query.get('text');
const textSize: TextSize = text === 'elderly' || text === 'large' ? text : 'standard';
const fixed = Date.parse('2026-11-24T14:12:30+08:00');
const place = document.getElementById('gallery');
if (place === null) throw new Error('gallery.html has no #gallery');
const panel = query.get('mm');
applyKioskPanel(window, panel === null ? undefined : Number(panel));
const i18n = await startI18n(language);
createRoot(place).render(
  <ClockProvider clock={{ ...browserClock, now: () => fixed }}>
    <KioskShell
      i18n={i18n}
      fresh={{
        language,
        textSize,
        theme: query.get('theme') === 'contrast' ? 'contrast' : 'paper',
        lowReach: query.get('low') === '1',
      }}
    >
      <GalleryPage page={query.get('page') ?? 'welcome'} />
    </KioskShell>
  </ClockProvider>,
);
