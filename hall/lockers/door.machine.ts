/** One opening from intent to its end, as a table. The hall never opens again by itself: no effect here sends an unlock [LK6]. */

export const doorStates = ['intended', 'sent', 'opened', 'closed', 'refused', 'failed', 'unknown'] as const;
export type DoorState = (typeof doorStates)[number];

export const doorEvents = [
  /** The command left for the broker. */
  'sent',
  'outcome-done',
  'outcome-refused',
  'outcome-failed',
  'outcome-unknown',
  /** The sensor, by event, by telemetry, or asked. */
  'seen-open',
  'seen-closed',
  /** No outcome in time. */
  'timed-out',
  /** The hall started again and finds this row. */
  'restarted',
] as const;
export type DoorEventName = (typeof doorEvents)[number];

export type DoorEffect =
  /** The fact door.ended, once in the life of a command. */
  | 'record-ended'
  /** Came after the command had ended: kept for people, changes nothing that opens [LK7]. */
  | 'note-late'
  | 'ask-board'
  | 'call-staff'
  | 'lease-opened'
  | 'lease-closed'
  /** It stayed shut for certain. */
  | 'lease-not-opened'
  /** It may have opened: things can be inside. */
  | 'lease-maybe-opened';

export interface DoorCell {
  readonly next: DoorState;
  readonly effects: readonly DoorEffect[];
}

const stay = (next: DoorState, ...effects: DoorEffect[]): DoorCell => ({ next, effects });

/** The command has no outcome yet. */
const pending = {
  'outcome-done': stay('opened', 'record-ended', 'lease-opened'),
  'outcome-refused': stay('refused', 'record-ended', 'lease-not-opened'),
  'outcome-failed': stay('failed', 'record-ended', 'call-staff', 'lease-not-opened'),
  'outcome-unknown': stay('unknown', 'record-ended', 'lease-maybe-opened', 'call-staff', 'ask-board'),
  'seen-open': stay('opened', 'lease-opened'),
  'timed-out': stay('unknown', 'record-ended', 'lease-maybe-opened', 'call-staff', 'ask-board'),
  restarted: stay('unknown', 'record-ended', 'lease-maybe-opened', 'ask-board'),
} as const;

export const doorMachine: Readonly<Record<DoorState, Readonly<Record<DoorEventName, DoorCell>>>> = {
  intended: { ...pending, sent: stay('sent'), 'seen-closed': stay('intended') },
  sent: { ...pending, sent: stay('sent'), 'seen-closed': stay('sent') },
  opened: {
    sent: stay('opened'),
    // The door was seen open before the outcome came: any outcome ends the command, the sensor stays right.
    'outcome-done': stay('opened', 'record-ended'),
    'outcome-refused': stay('opened', 'record-ended'),
    'outcome-failed': stay('opened', 'record-ended'),
    'outcome-unknown': stay('opened', 'record-ended'),
    'seen-open': stay('opened'),
    'seen-closed': stay('closed', 'lease-closed'),
    'timed-out': stay('opened', 'record-ended'),
    restarted: stay('opened', 'record-ended', 'ask-board'),
  },
  closed: {
    sent: stay('closed'),
    'outcome-done': stay('closed', 'record-ended'),
    'outcome-refused': stay('closed', 'record-ended'),
    'outcome-failed': stay('closed', 'record-ended'),
    'outcome-unknown': stay('closed', 'record-ended'),
    'seen-open': stay('closed'),
    'seen-closed': stay('closed'),
    'timed-out': stay('closed', 'record-ended'),
    restarted: stay('closed', 'record-ended'),
  },
  refused: {
    sent: stay('refused'),
    'outcome-done': stay('opened', 'note-late', 'lease-opened'),
    'outcome-refused': stay('refused', 'note-late'),
    'outcome-failed': stay('refused', 'note-late'),
    'outcome-unknown': stay('unknown', 'note-late', 'lease-maybe-opened', 'ask-board'),
    'seen-open': stay('refused'),
    'seen-closed': stay('refused'),
    'timed-out': stay('refused'),
    restarted: stay('refused'),
  },
  failed: {
    sent: stay('failed'),
    'outcome-done': stay('opened', 'note-late', 'lease-opened'),
    'outcome-refused': stay('failed', 'note-late'),
    'outcome-failed': stay('failed', 'note-late'),
    'outcome-unknown': stay('failed', 'note-late'),
    // A stuck door that gives way under the person's hand.
    'seen-open': stay('opened', 'lease-opened'),
    'seen-closed': stay('failed'),
    'timed-out': stay('failed'),
    restarted: stay('failed'),
  },
  unknown: {
    sent: stay('unknown'),
    'outcome-done': stay('opened', 'note-late', 'lease-opened'),
    'outcome-refused': stay('refused', 'note-late', 'lease-not-opened'),
    'outcome-failed': stay('failed', 'note-late', 'lease-not-opened'),
    'outcome-unknown': stay('unknown', 'note-late'),
    'seen-open': stay('opened', 'lease-opened'),
    // Shut now; whether it was open in between nobody saw, so the lease stays marked as maybe used.
    'seen-closed': stay('failed', 'lease-not-opened'),
    'timed-out': stay('unknown'),
    restarted: stay('unknown', 'ask-board'),
  },
};

/** No other door may be commanded while one is in these states [LK5]. */
export const pendingStates: readonly DoorState[] = ['intended', 'sent'];
