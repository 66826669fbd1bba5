import { z } from 'zod';
import { MODELS } from './codec.ts';

/** One simulated line with its boards. */
export const BoardLineConfig = z.strictObject({
  transport: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('serial'), path: z.string().min(1) }),
    z.strictObject({
      kind: z.literal('tcp'),
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535),
    }),
  ]),
  baudRate: z.number().int().min(300).default(19_200),
  seed: z.number().int().default(1),
  boards: z
    .array(
      z.strictObject({
        address: z.number().int().min(0).max(247),
        model: z.enum(MODELS).default('cu48'),
        /** Bit that this board shows for a closed door; what its makers say when left out. */
        closedBit: z.union([z.literal(0), z.literal(1)]).optional(),
        /** Doors whose switch is wired the other way round. */
        reversed: z.array(z.number().int().min(1).max(48)).default([]),
        /** Pairs of locks whose coils the installer mixed up: each opens the other's door. */
        swapped: z.array(z.tuple([z.number().int().min(1), z.number().int().min(1)])).default([]),
        /** false = says nothing after an unlock, where this model would. */
        answersUnlock: z.boolean().default(true),
        /** Tells of a moved door unasked; on an 8A board with this first byte (81 or 82). */
        push: z.union([z.boolean(), z.literal(0x81), z.literal(0x82)]).default(false),
        /** Doors standing open at start. */
        open: z.array(z.number().int().min(1).max(48)).default([]),
        /** Locks that do not spring open. */
        stuck: z.array(z.number().int().min(1).max(48)).default([]),
      }),
    )
    .min(1),
  /** From the last byte of an unlock to the door standing open. */
  openAfterMs: z.number().min(0).default(60),
  /** A person closes every opened door after about this long; null = only by command. */
  autoCloseMs: z.number().min(0).nullable().default(null),
  /** From the last byte of a query to the first byte of the reply. */
  replyAfterMs: z.number().min(0).default(2),
  /** Share of replies that are missing, as from a half-dead board. */
  lostShare: z.number().min(0).max(1).default(0),
  /** Share of replies that come `slowMs` later. */
  slowShare: z.number().min(0).max(1).default(0),
  slowMs: z.number().min(0).default(120),
  /** Share of replies with stray bytes before them, and share with one byte damaged. */
  noiseShare: z.number().min(0).max(1).default(0),
  damageShare: z.number().min(0).max(1).default(0),
  /** The adapter hears itself: every byte sent comes back. */
  echo: z.boolean().default(false),
  /** false = queries are counted but not reported one by one. */
  reportQueries: z.boolean().default(true),
});
export type BoardLineConfig = z.infer<typeof BoardLineConfig>;

const address = z.number().int().min(0).max(247);
const door = { board: address, lock: z.number().int().min(1).max(48) };

/** What a test or a person tells a running line, one JSON object a line. */
export const BoardOrder = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('close'), ...door }),
  z.strictObject({ do: z.literal('force-open'), ...door }),
  z.strictObject({ do: z.literal('stick'), ...door, on: z.boolean().default(true) }),
  z.strictObject({ do: z.literal('item'), ...door, present: z.boolean() }),
  /** No answers; with `acts` the locks still work, so that a door can open unseen. Without `board`: every board. */
  z.strictObject({
    do: z.literal('silent'),
    on: z.boolean(),
    board: address.optional(),
    acts: z.boolean().default(false),
  }),
  z.strictObject({ do: z.literal('echo'), on: z.boolean() }),
  z.strictObject({
    do: z.literal('noise'),
    share: z.number().min(0).max(1),
    damage: z.number().min(0).max(1).default(0),
    lost: z.number().min(0).max(1).default(0),
  }),
  z.strictObject({
    do: z.literal('slow'),
    share: z.number().min(0).max(1),
    ms: z.number().min(0).default(120),
  }),
  z.strictObject({ do: z.literal('doors') }),
]);
export type BoardOrder = z.infer<typeof BoardOrder>;

/** What the line tells about itself. `t` is a steady count of milliseconds, the same for all processes of a machine. */
export type BoardReport =
  | { readonly report: 'ready'; readonly path?: string; readonly port?: number }
  | {
      readonly report: 'frame';
      readonly kind: 'query' | 'unlock' | 'unlock-many' | 'other';
      readonly board: number;
      readonly lock: number;
      readonly hex: string;
      readonly t: number;
    }
  | { readonly report: 'broadcast'; readonly broadcast: true; readonly hex: string; readonly t: number }
  /** `pulses`: unlock frames this lock has had since the start. */
  | {
      readonly report: 'pulse';
      readonly board: number;
      readonly lock: number;
      readonly pulses: number;
      readonly t: number;
    }
  | {
      readonly report: 'door';
      readonly board: number;
      readonly lock: number;
      readonly open: boolean;
      readonly by: 'unlock' | 'force' | 'person';
      readonly t: number;
    }
  | {
      readonly report: 'doors';
      readonly open: readonly { readonly board: number; readonly lock: number }[];
      readonly queries: number;
      readonly t: number;
    }
  | { readonly report: 'line'; readonly up: boolean; readonly reason: string; readonly t: number }
  | { readonly report: 'bad-order'; readonly reason: string };
