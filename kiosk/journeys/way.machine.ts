import { assign, fromPromise, setup } from 'xstate';
import type { Route } from '../../contract/map.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';

/** Find my way: choose a place, see the way there, choose the floor that is drawn. */

export interface WayContext {
  readonly target: string;
  readonly stepFree: boolean;
  readonly route: Route | undefined;
  /** Level on the screen; empty = the one the kiosk stands on. */
  readonly level: string;
  readonly refusal: Refusal | undefined;
}

export type WayEvent =
  | { readonly type: 'pick'; readonly target: string }
  | { readonly type: 'step-free'; readonly on: boolean }
  | { readonly type: 'level'; readonly level: string }
  | { readonly type: 'retry' }
  | { readonly type: 'back' };

export interface RouteWish {
  readonly to: string;
  readonly stepFree: boolean;
}

export const wayMachine = setup({
  types: {
    context: {} as WayContext,
    events: {} as WayEvent,
    input: {} as { readonly target?: string; readonly stepFree: boolean },
  },
  actors: {
    route: fromPromise<Result<Route>, RouteWish>(() =>
      Promise.reject(new Error('the page provides this actor')),
    ),
  },
}).createMachine({
  id: 'way',
  context: ({ input }) => ({
    target: input.target ?? '',
    stepFree: input.stepFree,
    route: undefined,
    level: '',
    refusal: undefined,
  }),
  initial: 'opening',
  states: {
    /** Opened with a place in hand (after check-in, from a booking), the list is skipped. */
    opening: {
      always: [{ guard: ({ context }) => context.target !== '', target: 'asking' }, { target: 'list' }],
    },
    list: {
      on: {
        pick: {
          target: 'asking',
          actions: assign(({ event }) => ({ target: event.target, level: '', refusal: undefined })),
        },
      },
    },
    asking: {
      invoke: {
        src: 'route',
        input: ({ context }) => ({ to: context.target, stepFree: context.stepFree }),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'route',
            actions: assign(({ event }) =>
              event.output.ok ? { route: event.output.value, refusal: undefined } : {},
            ),
          },
          {
            target: 'refused',
            actions: assign(({ event }) =>
              event.output.ok ? {} : { refusal: event.output.refusal, route: undefined },
            ),
          },
        ],
        onError: {
          target: 'refused',
          actions: assign({ refusal: { code: 'part-unavailable' as const }, route: undefined }),
        },
      },
    },
    route: {
      on: {
        'step-free': {
          target: 'asking',
          actions: assign(({ event }) => ({ stepFree: event.on, level: '' })),
        },
        level: { actions: assign(({ event }) => ({ level: event.level })) },
        back: 'list',
      },
    },
    refused: {
      on: {
        retry: 'asking',
        'step-free': { target: 'asking', actions: assign(({ event }) => ({ stepFree: event.on })) },
        back: 'list',
      },
    },
  },
});
