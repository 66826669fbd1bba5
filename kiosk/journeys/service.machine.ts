import { assign, fromPromise, setup } from 'xstate';
import type { DraftView, Receipt } from '../../contract/hall-api.ts';
import type { Words } from '../../contract/ids.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import type { Answer } from '../../contract/services.ts';
import { firstGap, pageAfter, pageBefore, pageOf } from './service-pages.rules.ts';

/** Business handling: choose, read what is needed, answer page by page, review, hand in. */

export interface ServiceContext {
  /** Id of the chosen service. */
  readonly service: string;
  readonly draft: DraftView | undefined;
  readonly resumeCode: string;
  /** Page id, or `review`. */
  readonly page: string;
  /** What is on the screen and not yet stored; wins over the draft. */
  readonly typed: Readonly<Record<string, Answer>>;
  /** Sensitive fields the person wants to type again. */
  readonly retyping: readonly string[];
  readonly faults: Readonly<Record<string, Words>>;
  /** Counts tries that found faults, so that the summary takes focus each time. */
  readonly tries: number;
  /** The page was opened from the review. */
  readonly changing: boolean;
  /** Where storing the page leads. */
  readonly then: 'next' | 'keep';
  readonly receipt: Receipt | undefined;
  readonly refusal: Refusal | undefined;
}

export type ServiceEvent =
  | { readonly type: 'pick'; readonly service: string }
  | { readonly type: 'resume' }
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'begin' }
  | { readonly type: 'type'; readonly field: string; readonly value: Answer }
  | { readonly type: 'retype'; readonly field: string }
  | { readonly type: 'next' }
  | { readonly type: 'keep' }
  | { readonly type: 'change'; readonly page: string }
  | { readonly type: 'submit' }
  | { readonly type: 'restart' }
  | { readonly type: 'back' };

export interface PageAnswers {
  readonly draft: string;
  readonly page: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

const unprovided = (): Promise<never> => Promise.reject(new Error('the page provides this actor'));
const LOST: Refusal = { code: 'part-unavailable' };

const empty: ServiceContext = {
  service: '',
  draft: undefined,
  resumeCode: '',
  page: '',
  typed: {},
  retyping: [],
  faults: {},
  tries: 0,
  changing: false,
  then: 'next',
  receipt: undefined,
  refusal: undefined,
};

/** What of the present page goes to the hall: what was typed, and what it already has. */
export function answersOf(context: ServiceContext): Readonly<Record<string, Answer>> {
  const page = context.draft?.service.pages.find((each) => each.id === context.page);
  const answers: Record<string, Answer> = {};
  for (const field of page?.fields ?? []) {
    const value = context.typed[field.id] ?? context.draft?.answers[field.id];
    if (value !== undefined) answers[field.id] = value;
  }
  return answers;
}

/** Context after the hall has stored a page: typed answers are the draft's now, sensitive ones are gone from here. */
function stored(context: ServiceContext, draft: DraftView): Partial<ServiceContext> {
  const asked = draft.service.pages.find((each) => each.id === context.page)?.fields ?? [];
  const gone = new Set(
    asked.filter((field) => draft.faults[field.id] === undefined).map((field) => field.id),
  );
  return {
    draft,
    typed: Object.fromEntries(Object.entries(context.typed).filter(([id]) => !gone.has(id))),
    retyping: context.retyping.filter((id) => !gone.has(id)),
    refusal: undefined,
  };
}

export const serviceMachine = setup({
  types: {
    context: {} as ServiceContext,
    events: {} as ServiceEvent,
  },
  actors: {
    start: fromPromise<Result<{ draft: DraftView; resumeCode: string }>, string>(unprovided),
    resume: fromPromise<Result<DraftView>, string>(unprovided),
    answer: fromPromise<Result<DraftView>, PageAnswers>(unprovided),
    submit: fromPromise<Result<Receipt>, string>(unprovided),
  },
  actions: { lost: assign({ refusal: LOST }) },
}).createMachine({
  id: 'service',
  context: empty,
  initial: 'list',
  states: {
    list: {
      entry: assign(empty),
      on: {
        pick: { target: 'about', actions: assign(({ event }) => ({ service: event.service })) },
        resume: 'code',
      },
    },
    about: {
      on: {
        begin: [
          { guard: ({ context }) => context.draft !== undefined, target: 'page' },
          { target: 'starting' },
        ],
        back: 'list',
      },
    },
    starting: {
      invoke: {
        src: 'start',
        input: ({ context }) => context.service,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'page',
            actions: assign(({ event }) =>
              event.output.ok
                ? {
                    draft: event.output.value.draft,
                    resumeCode: event.output.value.resumeCode,
                    page: event.output.value.draft.page,
                    refusal: undefined,
                  }
                : {},
            ),
          },
          {
            target: 'about',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'about', actions: 'lost' },
      },
    },
    code: {
      on: {
        code: { target: 'resuming', actions: assign(({ event }) => ({ resumeCode: event.code })) },
        back: 'list',
      },
    },
    resuming: {
      invoke: {
        src: 'resume',
        input: ({ context }) => context.resumeCode,
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'page',
            actions: assign(({ event }) =>
              event.output.ok
                ? {
                    draft: event.output.value,
                    service: event.output.value.service.id,
                    page: event.output.value.page,
                    refusal: undefined,
                  }
                : {},
            ),
          },
          {
            target: 'code',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'code', actions: 'lost' },
      },
    },
    page: {
      on: {
        type: {
          actions: assign(({ context, event }) => ({
            typed: { ...context.typed, [event.field]: event.value },
            faults: Object.fromEntries(Object.entries(context.faults).filter(([id]) => id !== event.field)),
          })),
        },
        retype: {
          actions: assign(({ context, event }) => ({
            retyping: [...context.retyping, event.field],
            typed: { ...context.typed, [event.field]: '' },
          })),
        },
        next: { target: 'storing', actions: assign({ then: 'next' as const }) },
        keep: { target: 'storing', actions: assign({ then: 'keep' as const }) },
        // Going back never judges: what was typed stays typed [KB3].
        back: [
          {
            guard: ({ context }) => context.changing,
            target: 'review',
            actions: assign({ changing: false, faults: {}, refusal: undefined }),
          },
          {
            guard: ({ context }) => previous(context) !== undefined,
            actions: assign(({ context }) => ({
              page: previous(context) ?? context.page,
              faults: {},
              refusal: undefined,
            })),
          },
          { target: 'about', actions: assign({ faults: {}, refusal: undefined }) },
        ],
      },
    },
    storing: {
      invoke: {
        src: 'answer',
        input: ({ context }) => ({
          draft: context.draft?.draftId ?? '',
          page: context.page,
          answers: answersOf(context),
        }),
        onDone: [
          {
            guard: ({ context, event }) => event.output.ok && context.then === 'keep',
            target: 'kept',
            actions: assign(({ context, event }) =>
              event.output.ok ? { ...stored(context, event.output.value), faults: {} } : {},
            ),
          },
          {
            guard: ({ event }) => event.output.ok && Object.keys(event.output.value.faults).length > 0,
            target: 'page',
            actions: assign(({ context, event }) =>
              event.output.ok
                ? {
                    ...stored(context, event.output.value),
                    faults: event.output.value.faults,
                    tries: context.tries + 1,
                  }
                : {},
            ),
          },
          {
            guard: ({ event }) => event.output.ok,
            target: 'onwards',
            actions: assign(({ context, event }) =>
              event.output.ok ? { ...stored(context, event.output.value), faults: {} } : {},
            ),
          },
          {
            guard: ({ event }) => !event.output.ok && event.output.refusal.code === 'draft-unknown',
            target: 'lost',
          },
          {
            target: 'page',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'page', actions: 'lost' },
      },
    },
    onwards: {
      always: [
        {
          guard: ({ context }) => following(context) === 'review',
          target: 'review',
          actions: assign({ page: 'review', changing: false }),
        },
        { target: 'page', actions: assign(({ context }) => ({ page: following(context) })) },
      ],
    },
    /** The draft is stored; the code to go on later is on the screen. */
    kept: {
      on: {
        next: [{ guard: ({ context }) => context.page === 'review', target: 'review' }, { target: 'page' }],
        back: [{ guard: ({ context }) => context.page === 'review', target: 'review' }, { target: 'page' }],
        restart: 'list',
      },
    },
    review: {
      on: {
        change: {
          target: 'page',
          actions: assign(({ event }) => ({ page: event.page, changing: true, refusal: undefined })),
        },
        keep: 'kept',
        submit: 'submitting',
        back: {
          target: 'page',
          actions: assign(({ context }) => ({
            page:
              context.draft === undefined
                ? ''
                : (pageBefore(context.draft.service, context.draft.answers, 'review') ?? ''),
            refusal: undefined,
          })),
        },
      },
    },
    submitting: {
      invoke: {
        src: 'submit',
        input: ({ context }) => context.draft?.draftId ?? '',
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'receipt',
            // Handed in: nothing of the answers stays in the page [KB6].
            actions: assign(({ event }) =>
              event.output.ok ? { ...empty, receipt: event.output.value } : {},
            ),
          },
          {
            guard: ({ event }) => !event.output.ok && event.output.refusal.code === 'answers-wrong',
            target: 'page',
            actions: assign(({ context, event }) => {
              if (event.output.ok) return {};
              const faults = event.output.refusal.fields ?? {};
              const first = Object.keys(faults)[0] ?? '';
              return {
                faults,
                tries: context.tries + 1,
                changing: true,
                page:
                  (context.draft === undefined ? undefined : pageOf(context.draft.service, first)) ??
                  context.page,
              };
            }),
          },
          {
            guard: ({ event }) => !event.output.ok && event.output.refusal.code === 'draft-unknown',
            target: 'lost',
          },
          {
            target: 'review',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'review', actions: 'lost' },
      },
    },
    /** The hall no longer has the draft (24 hours are over, or it was handed in elsewhere). */
    lost: {
      on: { restart: 'list', back: 'list' },
    },
    receipt: {
      on: { back: 'list', restart: 'list' },
    },
  },
});

function previous(context: ServiceContext): string | undefined {
  return context.draft === undefined
    ? undefined
    : pageBefore(context.draft.service, context.draft.answers, context.page);
}

function following(context: ServiceContext): string {
  if (context.draft === undefined) return 'review';
  return context.changing
    ? firstGap(context.draft.service, context.draft)
    : pageAfter(context.draft.service, context.draft.answers, context.page);
}
