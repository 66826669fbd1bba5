import type { Clock, Millis } from '../../contract/ports.ts';

/** A scanner that is a keyboard types faster than any person: a longer pause begins a new text. */
const PAUSE: Millis = 60;
const SHORTEST = 8;

/**
 * Hears keyboard-wedge scanners: fast keys ended by Enter. Typing into a field is left alone.
 * @returns stop.
 */
export function hearWedge(view: Window, clock: Clock, onText: (text: string) => void): () => void {
  let text = '';
  let last: Millis = -Infinity;
  const hear = (event: KeyboardEvent): void => {
    const target = event.target;
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    const now = clock.monotonic();
    if (now - last > PAUSE) text = '';
    last = now;
    if (event.key === 'Enter') {
      const whole = text;
      text = '';
      if (whole.length < SHORTEST) return;
      // The Enter belongs to the code, not to the button in focus.
      event.preventDefault();
      event.stopPropagation();
      onText(whole);
    } else if (event.key.length === 1) text += event.key;
  };
  view.addEventListener('keydown', hear, { capture: true });
  return () => {
    view.removeEventListener('keydown', hear, { capture: true });
  };
}
