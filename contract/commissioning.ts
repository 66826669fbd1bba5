import { z } from 'zod';
import { DeviceId, Uuid } from './ids.ts';
import { Instant } from './time.ts';

/**
 * Commissioning of lock boards: what a wizard asks and tells, as data. The gateway runs it; the installer's terminal and
 * the staff desk put it into words.
 */

/** Questions. An answer is a short text: a number, an id, or one of the letters named here. Empty = go on, or what is offered. */
export const QuestionWord = z.enum([
  /** Earlier progress was found: empty = go on with it, `n` = begin anew. */
  'goOn',
  /** Earlier progress does not fit the boards of now: empty = begin anew. */
  'anew',
  'askId',
  'askDoors',
  'askFirst',
  'askRows',
  'shutAll',
  /** A hand opens one door; `y` = one pulse in its place. */
  'openOne',
  /** Empty = one pulse, `s` = skip, `f` = faulty. */
  'prove',
  /** `r` = ask the same door again, anything else = note it as faulty. */
  'failed',
  'wrongDoor',
]);
export type QuestionWord = z.infer<typeof QuestionWord>;

export const ToldWord = z.enum([
  'badNumber',
  'badId',
  'waiting',
  'several',
  'nothing',
  'polarity',
  'reversed',
  'shutIt',
  'opened',
  'proved',
  'notShut',
  'boardsChanged',
  'doorsChanged',
]);
export type ToldWord = z.infer<typeof ToldWord>;

export const WordValues = z.record(z.string(), z.union([z.string(), z.number()]));
export type WordValues = z.infer<typeof WordValues>;

export const DoorResult = z.enum(['ok', 'skipped', 'faulty']);
export type DoorResult = z.infer<typeof DoorResult>;

const bit = z.union([z.literal(0), z.literal(1)]);

/** One door as the wizard numbered it. */
export const CommissionedDoor = z.object({
  number: z.number().int(),
  board: z.number().int(),
  lock: z.number().int(),
  closedBit: bit,
  column: z.number().int(),
  row: z.number().int(),
  result: DoorResult.optional(),
});
export type CommissionedDoor = z.infer<typeof CommissionedDoor>;

export const FoundBoardView = z.object({
  definition: z.string(),
  model: z.string(),
  address: z.number().int(),
  locks: z.number().int(),
  baudRate: z.number().int(),
});
export type FoundBoardView = z.infer<typeof FoundBoardView>;

/** Why a session ended without a configuration. Each has a sentence that says who must act. */
export const CommissioningEnd = z.enum([
  /** The line could not be opened; `detail` is the system's reason. */
  'not-open',
  'nothing-found',
  'several-models',
  /** Nobody renewed the lease: the desk or the hall went away. Progress is kept. */
  'left',
  'stopped',
  /** The configuration was left as it was; `detail` says why. */
  'not-written',
  /** A defect; the gateway's log has it. */
  'failed',
]);
export type CommissioningEnd = z.infer<typeof CommissioningEnd>;

/** One line a gateway could be asked to commission. */
export const CommissioningLine = z.object({
  /** As the gateway calls it: `serial:/dev/serial/by-id/...`. */
  key: z.string().min(1).max(300),
  /** Lock boards of the configuration on it: they are paused meanwhile. Empty = a free port of the machine. */
  devices: z.array(z.string()),
  /** Earlier progress waits to be gone on with. */
  kept: z.boolean(),
});
export type CommissioningLine = z.infer<typeof CommissioningLine>;

export const CommissioningSession = z.object({
  session: Uuid,
  line: z.string(),
  phase: z.enum(['searching', 'asking', 'working', 'done', 'ended']),
  /** Steps of the search. */
  search: z.object({ done: z.number().int(), total: z.number().int() }).optional(),
  found: z.array(FoundBoardView),
  /** What was told last, newest last. */
  told: z.array(z.object({ word: ToldWord, values: WordValues })),
  /** Answers name this number: an answer to an older question does nothing. */
  question: z.object({ number: z.number().int(), word: QuestionWord, values: WordValues }).optional(),
  doors: z.array(CommissionedDoor),
  /** Unlocks written to the line in this session. */
  pulses: z.number().int(),
  bank: z.string().optional(),
  written: z.object({ file: z.string(), backup: z.string() }).optional(),
  end: z.object({ why: CommissioningEnd, detail: z.string().max(500) }).optional(),
});
export type CommissioningSession = z.infer<typeof CommissioningSession>;

/** A gateway on its own `state`. */
export const GatewayState = z.object({
  at: Instant,
  gateway: z.literal(true),
  lines: z.array(CommissioningLine),
  session: CommissioningSession.optional(),
});
export type GatewayState = z.infer<typeof GatewayState>;

/** Hall -> gateway, as arguments of the command `commission`. */
export const CommissioningAct = z.discriminatedUnion('act', [
  z.object({ act: z.literal('start'), session: Uuid, line: z.string().min(1).max(300) }),
  z.object({
    act: z.literal('answer'),
    session: Uuid,
    question: z.number().int(),
    answer: z.string().max(64),
  }),
  /** Somebody is still there: the lease runs anew. */
  z.object({ act: z.literal('keep'), session: Uuid }),
  z.object({ act: z.literal('stop'), session: Uuid }),
]);
export type CommissioningAct = z.infer<typeof CommissioningAct>;

/** The desk's view: every gateway that offers commissioning. */
export const CommissioningView = z.object({
  gateways: z.array(
    z.object({
      id: DeviceId,
      online: z.boolean(),
      lines: z.array(
        /** `inUse`: compartments of the line that somebody has rented now. */
        CommissioningLine.extend({ inUse: z.array(z.number().int()) }),
      ),
      session: CommissioningSession.optional(),
    }),
  ),
});
export type CommissioningView = z.infer<typeof CommissioningView>;
