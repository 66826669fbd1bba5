import { assign, fromPromise, setup } from 'xstate';
import type { BookingView, MemberCredential, Slot } from '../../contract/hall-api.ts';
import type { Resource } from '../../contract/feed.ts';
import type { PrintJob } from '../../contract/messages.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { chooseSlots } from './booking-slots.rules.ts';
import type { SlotSpan } from './booking-slots.rules.ts';

/** Booking a place, and what one has booked: arriving and cancelling. Calls to the hall are actors the page provides. */

export interface BookingContext {
  readonly resource: Resource | undefined;
  readonly day: string;
  readonly span: SlotSpan | undefined;
  readonly credential: MemberCredential | undefined;
  readonly purpose: 'book' | 'mine';
  readonly made: { readonly booking: BookingView; readonly slip: PrintJob } | undefined;
  readonly nameMasked: string;
  readonly bookings: readonly BookingView[];
  /** The one being arrived at or cancelled, later the one that was. */
  readonly chosen: BookingView | undefined;
  readonly refusal: Refusal | undefined;
}

export type BookingEvent =
  | { readonly type: 'pick'; readonly resource: Resource; readonly today: string }
  | { readonly type: 'mine' }
  | { readonly type: 'day'; readonly day: string }
  | { readonly type: 'slot'; readonly slot: Slot; readonly slots: readonly Slot[] }
  | { readonly type: 'next' }
  | { readonly type: 'who'; readonly credential: MemberCredential }
  | { readonly type: 'confirm' }
  | { readonly type: 'arrive'; readonly booking: BookingView }
  | { readonly type: 'cancel'; readonly booking: BookingView }
  | { readonly type: 'scanned'; readonly text: string }
  | { readonly type: 'back' };

export interface BookWish {
  readonly credential: MemberCredential;
  readonly resource: number;
  readonly span: SlotSpan;
}
export interface OneBooking {
  readonly id: string;
  readonly credential: MemberCredential;
}

const unprovided = (): Promise<never> => Promise.reject(new Error('the page provides this actor'));
const nobody: MemberCredential = { kind: 'member', memberNumber: '', phoneLast4: '' };
const LOST: Refusal = { code: 'part-unavailable' };

const empty: BookingContext = {
  resource: undefined,
  day: '',
  span: undefined,
  credential: undefined,
  purpose: 'book',
  made: undefined,
  nameMasked: '',
  bookings: [],
  chosen: undefined,
  refusal: undefined,
};

const oneOf = ({ context }: { context: BookingContext }): OneBooking => ({
  id: context.chosen?.booking.id ?? '',
  credential: context.credential ?? nobody,
});

export const bookingMachine = setup({
  types: {
    context: {} as BookingContext,
    events: {} as BookingEvent,
  },
  actors: {
    book: fromPromise<Result<{ booking: BookingView; slip: PrintJob }>, BookWish>(unprovided),
    find: fromPromise<Result<{ nameMasked: string; bookings: BookingView[] }>, MemberCredential>(unprovided),
    arrive: fromPromise<Result<BookingView>, OneBooking>(unprovided),
    arriveByScan: fromPromise<Result<BookingView>, string>(unprovided),
    cancel: fromPromise<Result<BookingView>, OneBooking>(unprovided),
  },
  actions: {
    forgetRefusal: assign({ refusal: undefined }),
    lost: assign({ refusal: LOST }),
  },
}).createMachine({
  id: 'booking',
  context: empty,
  initial: 'board',
  states: {
    board: {
      entry: assign(empty),
      on: {
        pick: {
          target: 'slots',
          actions: assign(({ event }) => ({ resource: event.resource, day: event.today })),
        },
        mine: { target: 'who', actions: assign({ purpose: 'mine' as const }) },
      },
    },
    slots: {
      on: {
        day: { actions: assign(({ event }) => ({ day: event.day, span: undefined, refusal: undefined })) },
        slot: {
          actions: assign(({ context, event }) => ({
            span: chooseSlots(
              context.span,
              event.slot,
              event.slots,
              context.resource?.dailyMinutesPerMember ?? 0,
            ),
            refusal: undefined,
          })),
        },
        next: { guard: ({ context }) => context.span !== undefined, target: 'who' },
        back: 'board',
      },
    },
    who: {
      on: {
        who: [
          {
            guard: ({ context }) => context.purpose === 'book',
            target: 'confirm',
            actions: assign(({ event }) => ({ credential: event.credential, refusal: undefined })),
          },
          {
            target: 'finding',
            actions: assign(({ event }) => ({ credential: event.credential, refusal: undefined })),
          },
        ],
        scanned: { guard: ({ context }) => context.purpose === 'mine', target: 'scanning' },
        back: [
          { guard: ({ context }) => context.purpose === 'book', target: 'slots', actions: 'forgetRefusal' },
          { target: 'board' },
        ],
      },
    },
    confirm: {
      on: { confirm: 'booking', back: { target: 'who', actions: 'forgetRefusal' } },
    },
    booking: {
      invoke: {
        src: 'book',
        input: ({ context }) => ({
          credential: context.credential ?? nobody,
          resource: context.resource?.number ?? 0,
          span: context.span ?? { startsAt: '', endsAt: '' },
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'done',
            actions: assign(({ event }) => (event.output.ok ? { made: event.output.value } : {})),
          },
          {
            // Somebody was quicker: another time is needed, everything else stays [KB1].
            guard: ({ event }) =>
              !event.output.ok &&
              ['slot-taken', 'slot-in-past', 'slot-outside-hours', 'daily-quota', 'too-far-ahead'].includes(
                event.output.refusal.code,
              ),
            target: 'slots',
            actions: assign(({ event }) =>
              event.output.ok ? {} : { refusal: event.output.refusal, span: undefined },
            ),
          },
          {
            guard: ({ event }) => !event.output.ok && event.output.refusal.code === 'part-unavailable',
            target: 'confirm',
            actions: 'lost',
          },
          {
            target: 'who',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'confirm', actions: 'lost' },
      },
    },
    done: {
      on: { back: 'board' },
    },
    finding: {
      invoke: {
        src: 'find',
        input: ({ context }) => context.credential ?? nobody,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'mine',
            actions: assign(({ event }) =>
              event.output.ok
                ? { nameMasked: event.output.value.nameMasked, bookings: event.output.value.bookings }
                : {},
            ),
          },
          {
            target: 'who',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'who', actions: 'lost' },
      },
    },
    mine: {
      on: {
        arrive: {
          target: 'arriving',
          actions: assign(({ event }) => ({ chosen: event.booking, refusal: undefined })),
        },
        cancel: {
          target: 'asking',
          actions: assign(({ event }) => ({ chosen: event.booking, refusal: undefined })),
        },
        back: 'board',
      },
    },
    asking: {
      on: { confirm: 'cancelling', back: 'mine' },
    },
    cancelling: {
      invoke: {
        src: 'cancel',
        input: oneOf,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'cancelled',
            actions: assign(({ event }) => (event.output.ok ? { chosen: event.output.value } : {})),
          },
          {
            target: 'mine',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'mine', actions: 'lost' },
      },
    },
    cancelled: {
      on: { back: 'finding' },
    },
    arriving: {
      invoke: {
        src: 'arrive',
        input: oneOf,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'arrived',
            actions: assign(({ event }) => (event.output.ok ? { chosen: event.output.value } : {})),
          },
          {
            target: 'mine',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'mine', actions: 'lost' },
      },
    },
    scanning: {
      invoke: {
        src: 'arriveByScan',
        input: ({ event }) => (event.type === 'scanned' ? event.text : ''),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'arrived',
            actions: assign(({ event }) => (event.output.ok ? { chosen: event.output.value } : {})),
          },
          {
            target: 'who',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'who', actions: 'lost' },
      },
    },
    arrived: {
      on: { back: 'board' },
    },
  },
});
