import { assign, fromPromise, setup } from 'xstate';
import type { HelpView } from '../../contract/hall-api.ts';
import type { Result } from '../../contract/refusals.ts';

/** Calling a person: one touch calls; the page then follows who comes, and may take the call back. */

export interface HelpContext {
  readonly help: HelpView | undefined;
}

export type HelpEvent =
  { readonly type: 'changed' } | { readonly type: 'withdraw' } | { readonly type: 'call' };

const unprovided = (): Promise<never> => Promise.reject(new Error('the page provides this actor'));

export const helpMachine = setup({
  types: {
    context: {} as HelpContext,
    events: {} as HelpEvent,
  },
  actors: {
    call: fromPromise<Result<HelpView>>(unprovided),
    ask: fromPromise<Result<HelpView>, string>(unprovided),
    withdraw: fromPromise<Result<HelpView>, string>(unprovided),
  },
  delays: {
    /** The live view tells at once; this is for when it is cut [KB9]. */
    askAgain: 5_000,
    callAgain: 4_000,
  },
}).createMachine({
  id: 'help',
  context: { help: undefined },
  initial: 'calling',
  states: {
    calling: {
      invoke: {
        src: 'call',
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'called',
            actions: assign(({ event }) => (event.output.ok ? { help: event.output.value } : {})),
          },
          { target: 'failed' },
        ],
        onError: 'failed',
      },
    },
    /** The hall did not hear it: said honestly, and tried again by itself. */
    failed: {
      after: { callAgain: 'calling' },
      on: { call: 'calling' },
    },
    called: {
      always: { guard: ({ context }) => context.help?.state === 'ended', target: 'ended' },
      after: { askAgain: 'asking' },
      on: { changed: 'asking', withdraw: 'withdrawing' },
    },
    asking: {
      invoke: {
        src: 'ask',
        input: ({ context }) => context.help?.helpId ?? '',
        onDone: {
          target: 'called',
          actions: assign(({ event }) => (event.output.ok ? { help: event.output.value } : {})),
        },
        onError: 'called',
      },
      on: { withdraw: 'withdrawing' },
    },
    withdrawing: {
      invoke: {
        src: 'withdraw',
        input: ({ context }) => context.help?.helpId ?? '',
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'withdrawn',
            actions: assign(({ event }) => (event.output.ok ? { help: event.output.value } : {})),
          },
          { target: 'called' },
        ],
        onError: 'called',
      },
    },
    withdrawn: { on: { call: 'calling' } },
    ended: { on: { call: 'calling' } },
  },
});
