import { assign, fromPromise, setup } from 'xstate';
import type { ProgressView } from '../../contract/hall-api.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { readReceiptText } from './receipt-code.rules.ts';
import type { ReceiptCode } from './receipt-code.rules.ts';

/** Where an application stands: by its number and query code, typed or read from the receipt. */

export interface ProgressContext {
  readonly code: ReceiptCode;
  readonly view: ProgressView | undefined;
  readonly refusal: Refusal | undefined;
}

export type ProgressEvent =
  | { readonly type: 'ask'; readonly code: ReceiptCode }
  | { readonly type: 'scanned'; readonly text: string }
  | { readonly type: 'changed' }
  | { readonly type: 'back' };

const empty: ProgressContext = {
  code: { number: '', queryCode: '' },
  view: undefined,
  refusal: undefined,
};

export const progressMachine = setup({
  types: {
    context: {} as ProgressContext,
    events: {} as ProgressEvent,
  },
  actors: {
    ask: fromPromise<Result<ProgressView>, ReceiptCode>(() =>
      Promise.reject(new Error('the page provides this actor')),
    ),
  },
  guards: {
    isReceipt: ({ event }) => event.type === 'scanned' && readReceiptText(event.text) !== undefined,
  },
}).createMachine({
  id: 'progress',
  context: empty,
  initial: 'entry',
  states: {
    entry: {
      on: {
        ask: { target: 'asking', actions: assign(({ event }) => ({ code: event.code, refusal: undefined })) },
        scanned: [
          {
            guard: 'isReceipt',
            target: 'asking',
            actions: assign(({ event }) => ({
              code: readReceiptText(event.text) ?? empty.code,
              refusal: undefined,
            })),
          },
          { actions: assign({ refusal: { code: 'qr-unreadable' as const } }) },
        ],
      },
    },
    asking: {
      invoke: {
        src: 'ask',
        input: ({ context }) => context.code,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'result',
            actions: assign(({ event }) => (event.output.ok ? { view: event.output.value } : {})),
          },
          {
            target: 'entry',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: {
          target: 'entry',
          actions: assign({ refusal: { code: 'part-unavailable' as const } }),
        },
      },
    },
    result: {
      on: {
        changed: 'refreshing',
        back: { target: 'entry', actions: assign(empty) },
      },
    },
    /** The desk may have decided while the person looks: asked again without leaving the page [KB7]. */
    refreshing: {
      invoke: {
        src: 'ask',
        input: ({ context }) => context.code,
        onDone: {
          target: 'result',
          actions: assign(({ event }) => (event.output.ok ? { view: event.output.value } : {})),
        },
        onError: 'result',
      },
      on: { back: { target: 'entry', actions: assign(empty) } },
    },
  },
});
