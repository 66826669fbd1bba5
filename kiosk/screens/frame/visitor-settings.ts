import { createContext, use } from 'react';
import type { Language } from '../../../ui/clock.ts';
import type { TextSize, Theme } from '../../../ui/tokens/panel.ts';

/** What this visitor has set for themselves; forgotten when they end. */
export interface VisitorSettings {
  language: Language;
  textSize: TextSize;
  theme: Theme;
  lowReach: boolean;
}

export const FRESH_VISITOR: VisitorSettings = {
  language: 'zh-CN',
  textSize: 'standard',
  theme: 'paper',
  lowReach: false,
};

/** The next text size of the one button: standard, large, elderly, and round again. */
export function nextTextSize(size: TextSize): TextSize {
  switch (size) {
    case 'standard':
      return 'large';
    case 'large':
      return 'elderly';
    case 'elderly':
      return 'standard';
  }
}

/** Writes the settings where tokens.css looks for them. */
export function applyVisitorSettings(root: HTMLElement, settings: VisitorSettings): void {
  root.dataset['text'] = settings.textSize;
  root.dataset['theme'] = settings.theme;
  root.dataset['lowReach'] = String(settings.lowReach);
}

export interface Visitor {
  settings: VisitorSettings;
  change: (part: Partial<VisitorSettings>) => void;
  /** Ends the visit: everything personal is forgotten and the pages start anew. */
  wipe: () => void;
}

export const VisitorContext = createContext<Visitor>({
  settings: FRESH_VISITOR,
  change: () => undefined,
  wipe: () => undefined,
});

/** The visitor's settings, for pages that lay themselves out by them. */
export function useVisitor(): Visitor {
  return use(VisitorContext);
}
