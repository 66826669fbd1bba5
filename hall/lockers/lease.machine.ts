/** The right to one compartment, as a table. Only a door seen open and then closed starts or finishes a lease [LK2, LK3]. */

export const leaseStates = ['made', 'active', 'finishing', 'ended'] as const;
export type LeaseState = (typeof leaseStates)[number];

export const leaseEvents = [
  /** An opening to put in or look was seen open and then closed. */
  'used',
  'finish-intended',
  /** The opening that was to finish did not open, or nobody knows. */
  'finish-failed',
  /** The finishing opening was seen open and then closed. */
  'emptied',
  /** Never opened within the limit. */
  'never-opened',
  /** Its time is over and nothing can be inside. */
  'lapsed',
  /** Its time is over and things may be inside. */
  'overdue',
  /** Ended at central or on the deny list, nothing can be inside. */
  'withdrawn',
  /** Ended at central or on the deny list, things may be inside. */
  'end-requested',
  'staff-ended',
] as const;
export type LeaseEventName = (typeof leaseEvents)[number];

export type LeaseEffect =
  | 'record-activated'
  | 'record-ended-finished'
  | 'record-ended-never-opened'
  | 'record-ended-expired'
  | 'record-ended-staff'
  /** Things may be inside: staff are told, the compartment is not free. */
  | 'mark-overdue'
  | 'mark-end-requested';

export interface LeaseCell {
  readonly next: LeaseState;
  readonly effects: readonly LeaseEffect[];
}

const to = (next: LeaseState, ...effects: LeaseEffect[]): LeaseCell => ({ next, effects });

const over: Readonly<Record<LeaseEventName, LeaseCell>> = {
  used: to('ended'),
  'finish-intended': to('ended'),
  'finish-failed': to('ended'),
  emptied: to('ended'),
  'never-opened': to('ended'),
  lapsed: to('ended'),
  overdue: to('ended'),
  withdrawn: to('ended'),
  'end-requested': to('ended'),
  'staff-ended': to('ended'),
};

export const leaseMachine: Readonly<Record<LeaseState, Readonly<Record<LeaseEventName, LeaseCell>>>> = {
  made: {
    used: to('active', 'record-activated'),
    // Offered only when the door may have been open: then it was in use, whatever was seen.
    'finish-intended': to('finishing', 'record-activated'),
    'finish-failed': to('made'),
    emptied: to('made'),
    'never-opened': to('ended', 'record-ended-never-opened'),
    lapsed: to('ended', 'record-ended-expired'),
    overdue: to('made', 'mark-overdue'),
    withdrawn: to('ended', 'record-ended-never-opened'),
    'end-requested': to('made', 'mark-end-requested'),
    'staff-ended': to('ended', 'record-ended-staff'),
  },
  active: {
    used: to('active'),
    'finish-intended': to('finishing'),
    'finish-failed': to('active'),
    emptied: to('active'),
    'never-opened': to('active'),
    // Things may be inside: time alone never frees a compartment in use.
    lapsed: to('active', 'mark-overdue'),
    overdue: to('active', 'mark-overdue'),
    withdrawn: to('active', 'mark-end-requested'),
    'end-requested': to('active', 'mark-end-requested'),
    'staff-ended': to('ended', 'record-ended-staff'),
  },
  finishing: {
    used: to('finishing'),
    'finish-intended': to('finishing'),
    'finish-failed': to('active'),
    emptied: to('ended', 'record-ended-finished'),
    'never-opened': to('finishing'),
    lapsed: to('finishing', 'mark-overdue'),
    overdue: to('finishing', 'mark-overdue'),
    withdrawn: to('finishing', 'mark-end-requested'),
    'end-requested': to('finishing', 'mark-end-requested'),
    'staff-ended': to('ended', 'record-ended-staff'),
  },
  ended: over,
};

/** What the holder may do next. `finish` only after things were put in; nothing while a finishing door is on its way. */
export function actsOf(state: LeaseState, maybeUsed: boolean): readonly ('open' | 'finish')[] {
  switch (state) {
    case 'made':
      return maybeUsed ? ['open', 'finish'] : ['open'];
    case 'active':
      return ['open', 'finish'];
    case 'finishing':
    case 'ended':
      return [];
  }
}
