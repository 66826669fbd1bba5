/** Life of a booking as a table: (state, event) -> next state and effects. No entry: the event changes nothing. */

export type BookingState = 'booked' | 'checked-in' | 'cancelled' | 'released' | 'lost';

export type BookingEvent =
  /** Decided here. */
  | 'check-in'
  | 'cancel'
  | 'release'
  /** Heard from central. */
  | 'central-booked'
  | 'central-checked-in'
  | 'central-cancelled'
  | 'central-released'
  | 'central-lost';

export type BookingEffect = 'free-minutes' | 'fact';

export interface BookingStep {
  readonly next: BookingState;
  readonly effects: readonly BookingEffect[];
}

const freed = (next: BookingState): BookingStep => ({ next, effects: ['free-minutes'] });

export const bookingMachine: Readonly<
  Record<BookingState, Readonly<Partial<Record<BookingEvent, BookingStep>>>>
> = {
  booked: {
    'check-in': { next: 'checked-in', effects: ['fact'] },
    cancel: { next: 'cancelled', effects: ['free-minutes', 'fact'] },
    release: { next: 'released', effects: ['free-minutes', 'fact'] },
    'central-checked-in': { next: 'checked-in', effects: [] },
    'central-cancelled': freed('cancelled'),
    'central-released': freed('released'),
    'central-lost': freed('lost'),
  },
  // Who stands on the court keeps it: only a ruling takes a place away after arrival [BK9].
  'checked-in': { 'central-lost': freed('lost') },
  cancelled: {},
  released: {},
  lost: {},
};

/** The step for an event, or undefined when it changes nothing in this state. */
export function bookingStep(state: BookingState, event: BookingEvent): BookingStep | undefined {
  return bookingMachine[state][event];
}
