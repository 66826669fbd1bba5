/** Which face of the product a page is: it selects the token table (tokens.css). */
export type Surface = 'kiosk' | 'phone' | 'console';
/** The three text sizes a visitor steps through. */
export type TextSize = 'standard' | 'large' | 'elderly';
export type Theme = 'paper' | 'contrast';

/** Widths of the common 32-inch panel, in millimetres, when the kiosk has no setting of its own. */
export const DEFAULT_PANEL_WIDTH_MM = { portrait: 398, landscape: 708 } as const;

/** CSS pixels per millimetre for a window of `widthPx` on a panel of `panelWidthMm`. */
export function pxPerMm(widthPx: number, panelWidthMm: number): number {
  return panelWidthMm > 0 ? widthPx / panelWidthMm : 1;
}

/** The panel's width in millimetres: the configured one, or the 32-inch panel of this orientation. */
export function panelWidth(widthPx: number, heightPx: number, configuredMm?: number): number {
  if (configuredMm !== undefined && configuredMm > 0) return configuredMm;
  return widthPx > heightPx ? DEFAULT_PANEL_WIDTH_MM.landscape : DEFAULT_PANEL_WIDTH_MM.portrait;
}

/**
 * Marks the document as a kiosk panel and keeps `--mm` right when the window turns or resizes.
 * Set through CSSOM, so that pages run without inline styles. Returns the undo.
 */
export function applyKioskPanel(view: Window, configuredMm?: number): () => void {
  const root = view.document.documentElement;
  root.dataset['surface'] = 'kiosk';
  const update = (): void => {
    const width = panelWidth(view.innerWidth, view.innerHeight, configuredMm);
    root.style.setProperty('--mm', `${String(pxPerMm(view.innerWidth, width))}px`);
    root.dataset['orientation'] = view.innerWidth > view.innerHeight ? 'landscape' : 'portrait';
  };
  update();
  view.addEventListener('resize', update);
  return () => {
    view.removeEventListener('resize', update);
  };
}

/** Marks the document as phone page or desk console; their `--mm` is fixed in tokens.css. */
export function applySurface(view: Window, surface: Exclude<Surface, 'kiosk'>): void {
  view.document.documentElement.dataset['surface'] = surface;
}
