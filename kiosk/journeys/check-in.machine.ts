import { assign, fromPromise, setup } from 'xstate';
import type {
  CardCredential,
  CheckInAnswer,
  IdCardCredential,
  MemberCredential,
} from '../../contract/hall-api.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';

/** Arriving at an activity. A code or a card is judged before this begins (`first`); here it is typed, chosen, taken back. */

export interface CheckInContext {
  readonly credential: MemberCredential | CardCredential | undefined;
  /** Ticket of an ID card laid on the reader: signs in, or is remembered once its member typed who they are. */
  readonly ticket: string | undefined;
  readonly session: number | undefined;
  readonly answer: CheckInAnswer | undefined;
  readonly refusal: Refusal | undefined;
}

export type CheckInEvent =
  | { readonly type: 'type' }
  | { readonly type: 'who'; readonly credential: MemberCredential }
  | { readonly type: 'card'; readonly ticket: string }
  | { readonly type: 'session'; readonly number: number }
  | { readonly type: 'undo' }
  | { readonly type: 'back' };

export interface Arrival {
  readonly credential: MemberCredential | CardCredential | IdCardCredential;
  readonly session: number | undefined;
  readonly remember: string | undefined;
}

const unprovided = (): Promise<never> => Promise.reject(new Error('the page provides this actor'));
const LOST: Refusal = { code: 'part-unavailable' };
const nobody: MemberCredential = { kind: 'member', memberNumber: '', phoneLast4: '' };
/** What was typed goes before the card: it is the same person, and the card is remembered for them. */
function arrivalOf({ credential, ticket, session }: CheckInContext): Arrival {
  return credential === undefined && ticket !== undefined
    ? { credential: { kind: 'id-card', ticket }, session, remember: undefined }
    : { credential: credential ?? nobody, session, remember: ticket };
}
const isKind = (answer: CheckInAnswer | undefined, kind: CheckInAnswer['kind']): boolean =>
  answer?.kind === kind;

const arriving = setup({
  types: {
    context: {} as CheckInContext,
    events: {} as CheckInEvent,
    input: {} as { readonly first: CheckInAnswer | undefined; readonly credential?: CardCredential },
  },
  actors: {
    arrive: fromPromise<Result<CheckInAnswer>, Arrival>(unprovided),
    takeBack: fromPromise<Result<{ ok: true }>, string>(unprovided),
  },
  guards: {
    isDone: ({ context }) => isKind(context.answer, 'checked-in'),
    isAlready: ({ context }) => isKind(context.answer, 'already'),
    isChoice: ({ context }) => isKind(context.answer, 'choose'),
  },
});

/** A card laid down is somebody new, whatever was typed before. */
const BY_CARD = {
  target: 'arriving',
  actions: arriving.assign(({ event }) => ({
    credential: undefined,
    ticket: event.type === 'card' ? event.ticket : undefined,
    session: undefined,
    refusal: undefined,
  })),
} as const;

export const checkInMachine = arriving.createMachine({
  id: 'check-in',
  context: ({ input }) => ({
    credential: input.credential,
    ticket: undefined,
    session: undefined,
    answer: input.first,
    refusal: undefined,
  }),
  initial: 'sorting',
  states: {
    /** Where an answer leads. */
    sorting: {
      always: [
        { guard: 'isDone', target: 'done' },
        { guard: 'isAlready', target: 'already' },
        { guard: 'isChoice', target: 'choosing' },
        { target: 'asking' },
      ],
    },
    asking: {
      entry: assign({
        credential: undefined,
        ticket: undefined,
        session: undefined,
        answer: undefined,
        refusal: undefined,
      }),
      on: { type: 'who', card: BY_CARD },
    },
    who: {
      on: {
        who: {
          target: 'arriving',
          actions: assign(({ event }) => ({
            credential: event.credential,
            session: undefined,
            refusal: undefined,
          })),
        },
        card: BY_CARD,
        back: 'asking',
      },
    },
    choosing: {
      on: {
        session: { target: 'arriving', actions: assign(({ event }) => ({ session: event.number })) },
        back: 'asking',
      },
    },
    arriving: {
      invoke: {
        src: 'arrive',
        input: ({ context }) => arrivalOf(context),
        onDone: [
          {
            guard: ({ event }) => event.output.ok,
            target: 'sorting',
            actions: assign(({ event }) => (event.output.ok ? { answer: event.output.value } : {})),
          },
          {
            target: 'who',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'who', actions: assign({ refusal: LOST }) },
      },
    },
    done: {
      on: { undo: 'takingBack', back: 'asking' },
    },
    takingBack: {
      invoke: {
        src: 'takeBack',
        input: ({ context }) => (context.answer?.kind === 'checked-in' ? context.answer.checkInId : ''),
        onDone: [
          { guard: ({ event }) => event.output.ok, target: 'takenBack' },
          {
            target: 'done',
            actions: assign(({ event }) => (event.output.ok ? {} : { refusal: event.output.refusal })),
          },
        ],
        onError: { target: 'done', actions: assign({ refusal: LOST }) },
      },
    },
    takenBack: {
      on: { back: 'asking' },
    },
    already: {
      on: { back: 'asking' },
    },
  },
});
