import { assign, fromCallback, fromPromise, setup } from 'xstate';
import type {
  DoorCommandView,
  LeaseView,
  LockerCode,
  MemberCredential,
  QrCredential,
} from '../../contract/hall-api.ts';
import type { PrintJob } from '../../contract/messages.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';

/** Renting a compartment, opening it again, giving it back. One explicit act for each opening; nothing opens by itself. */

export type LockerCredential = QrCredential | LockerCode;
export type LockerHolder = MemberCredential | { readonly kind: 'visitor'; readonly mobile: string };
export type LockerSize = 'small' | 'medium' | 'large';
export type LockerAct = 'open' | 'finish';

export interface Rented {
  readonly lease: LeaseView;
  readonly digits: string;
  readonly qr: string;
  readonly slip: PrintJob;
  readonly command: DoorCommandView;
}

export interface LockerContext {
  readonly credential: LockerCredential | undefined;
  readonly lease: LeaseView | undefined;
  readonly size: LockerSize | undefined;
  readonly holder: LockerHolder | undefined;
  readonly minutes: number | undefined;
  readonly command: DoorCommandView | undefined;
  /** Only right after renting here: the code to come back with. */
  readonly rented: Rented | undefined;
  readonly refusal: Refusal | undefined;
}

export type LockerEvent =
  | { readonly type: 'rent' }
  | { readonly type: 'mine' }
  | { readonly type: 'code'; readonly credential: LockerCredential }
  | { readonly type: 'act'; readonly act: LockerAct }
  | { readonly type: 'size'; readonly size: LockerSize }
  | { readonly type: 'holder'; readonly holder: LockerHolder }
  | { readonly type: 'minutes'; readonly minutes: number }
  | { readonly type: 'agree' }
  | { readonly type: 'door'; readonly command: DoorCommandView }
  | { readonly type: 'back' };

const unprovided = (): Promise<never> => Promise.reject(new Error('the page provides this actor'));
const LOST: Refusal = { code: 'part-unavailable' };
const noCode: LockerCredential = { kind: 'typed', compartment: 0, digits: '0' };

export const lockerMachine = setup({
  types: {
    context: {} as LockerContext,
    events: {} as LockerEvent,
    input: {} as { readonly credential: LockerCredential | undefined; readonly lease: LeaseView | undefined },
  },
  actors: {
    present: fromPromise<Result<LeaseView>, LockerCredential>(unprovided),
    act: fromPromise<
      Result<{ lease: LeaseView; command: DoorCommandView }>,
      { credential: LockerCredential; act: LockerAct }
    >(unprovided),
    rent: fromPromise<
      Result<Rented>,
      { holder: LockerHolder | undefined; size: LockerSize; minutes: number }
    >(unprovided),
    /** Sends `door` whenever the hall says something new of this opening. */
    follow: fromCallback<LockerEvent, string>(() => undefined),
  },
  guards: {
    isOpen: ({ context }) => context.command?.state === 'opened',
    isShut: ({ context }) => context.command?.state === 'closed',
    isTrouble: ({ context }) =>
      context.command !== undefined && ['refused', 'failed', 'unknown'].includes(context.command.state),
  },
}).createMachine({
  id: 'locker',
  context: ({ input }) => ({
    credential: input.credential,
    lease: input.lease,
    size: undefined,
    holder: undefined,
    minutes: undefined,
    command: undefined,
    rented: undefined,
    refusal: undefined,
  }),
  initial: 'beginning',
  states: {
    beginning: {
      always: [{ guard: ({ context }) => context.lease !== undefined, target: 'lease' }, { target: 'menu' }],
    },
    menu: {
      entry: assign({
        credential: undefined,
        lease: undefined,
        command: undefined,
        rented: undefined,
        refusal: undefined,
      }),
      on: { rent: 'size', mine: 'code' },
    },
    code: {
      on: {
        code: {
          target: 'presenting',
          actions: assign(({ event }) => ({ credential: event.credential, refusal: undefined })),
        },
        back: 'menu',
      },
    },
    presenting: {
      invoke: {
        src: 'present',
        input: ({ context }) => context.credential ?? noCode,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'lease',
            actions: assign(({ event }) => (event.output.ok ? { lease: event.output.value } : {})),
          },
          {
            target: 'code',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'code', actions: assign({ refusal: LOST }) },
      },
    },
    lease: {
      on: { act: 'acting', back: 'menu' },
    },
    acting: {
      invoke: {
        src: 'act',
        input: ({ context, event }) => ({
          credential: context.credential ?? noCode,
          act: event.type === 'act' ? event.act : ('open' as const),
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'door',
            actions: assign(({ event }) =>
              event.output.ok ? { ...event.output.value, refusal: undefined } : {},
            ),
          },
          {
            target: 'lease',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'lease', actions: assign({ refusal: LOST }) },
      },
    },
    size: {
      on: {
        size: {
          target: 'holder',
          actions: assign(({ event }) => ({ size: event.size, refusal: undefined })),
        },
        back: 'menu',
      },
    },
    holder: {
      on: {
        holder: {
          target: 'terms',
          actions: assign(({ event }) => ({ holder: event.holder, refusal: undefined })),
        },
        back: 'size',
      },
    },
    terms: {
      on: {
        minutes: { actions: assign(({ event }) => ({ minutes: event.minutes })) },
        agree: { guard: ({ context }) => context.minutes !== undefined, target: 'renting' },
        back: 'holder',
      },
    },
    renting: {
      invoke: {
        src: 'rent',
        input: ({ context }) => ({
          holder: context.holder,
          size: context.size ?? 'small',
          minutes: context.minutes ?? 0,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'door',
            actions: assign(({ event }) =>
              event.output.ok
                ? {
                    rented: event.output.value,
                    lease: event.output.value.lease,
                    command: event.output.value.command,
                    credential: {
                      kind: 'typed' as const,
                      compartment: event.output.value.lease.compartment,
                      digits: event.output.value.digits,
                    },
                  }
                : {},
            ),
          },
          {
            // Nothing of that size is left, or none works: another size is the way on.
            guard: ({ event }) =>
              !event.output.ok &&
              ['no-free-compartment', 'lock-board-offline'].includes(event.output.refusal.code),
            target: 'size',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
          {
            target: 'holder',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'terms', actions: assign({ refusal: LOST }) },
      },
    },
    door: {
      initial: 'opening',
      invoke: { src: 'follow', input: ({ context }) => context.command?.commandId ?? '' },
      on: {
        door: {
          guard: ({ context, event }) => event.command.commandId === context.command?.commandId,
          actions: assign(({ event }) => ({ command: event.command })),
          target: '.opening',
        },
      },
      states: {
        opening: {
          always: [
            { guard: 'isOpen', target: 'open' },
            { guard: 'isShut', target: '#locker.shut' },
            { guard: 'isTrouble', target: 'trouble' },
          ],
        },
        open: {},
        /** The door may still give way: the following goes on. */
        trouble: { on: { back: '#locker.menu' } },
      },
    },
    shut: {
      on: {
        act: { guard: ({ context }) => context.command?.cause !== 'finish', target: 'acting' },
        back: 'menu',
      },
    },
  },
});
