/** What the page may ask of its shell, and nothing else [KS7]. The page finds it as `window.kioskShell`. */
export interface KioskShell {
  /** The page is alive; sent every two seconds. */
  heartbeat(): void;
  /** The visit is over: clear whatever could have been kept, then load a fresh page. */
  endVisit(): void;
  /** Staff held the hall's name and typed the PIN. */
  staffExit(pin: string): Promise<'opened' | 'wrong' | 'closed'>;
}

export const BRIDGE_NAME = 'kioskShell';

export const channels = {
  heartbeat: 'kiosk:heartbeat',
  endVisit: 'kiosk:end-visit',
  staffExit: 'kiosk:staff-exit',
} as const;
