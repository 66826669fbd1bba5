import { z } from 'zod';
import type { SlipLine } from './escpos-decoder.ts';

/** One simulated receipt printer. */
export const PrinterConfig = z.strictObject({
  transport: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('serial'), path: z.string().min(1) }),
    z.strictObject({
      kind: z.literal('tcp'),
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535),
    }),
  ]),
  baudRate: z.number().int().min(300).default(19_200),
  /** How long one line takes on the paper. */
  lineMs: z.number().min(0).default(5),
  paper: z.enum(['ok', 'near-end', 'out']).default('ok'),
  cover: z.enum(['closed', 'open']).default('closed'),
  /** The paper ends after this many lines; null = it does not. */
  linesLeft: z.number().int().min(0).nullable().default(null),
});
export type PrinterConfig = z.infer<typeof PrinterConfig>;

/** What a test or a person does to a running printer, one JSON object a line. */
export const PrinterOrder = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('paper'),
    is: z.enum(['ok', 'near-end', 'out']),
    linesLeft: z.number().int().min(0).nullable().default(null),
  }),
  z.strictObject({ do: z.literal('cover'), is: z.enum(['open', 'closed']) }),
  /** The cutter sticks, or is freed. */
  z.strictObject({ do: z.literal('cutter'), stuck: z.boolean() }),
  /** Switched off: takes bytes, answers nothing, prints nothing. */
  z.strictObject({ do: z.literal('power'), on: z.boolean() }),
]);
export type PrinterOrder = z.infer<typeof PrinterOrder>;

/** What the printer tells. A slip is told when it is cut, with everything since the cut before. */
export type PrinterReport =
  | { readonly report: 'ready'; readonly path?: string; readonly port?: number }
  | {
      readonly report: 'slip';
      readonly lines: readonly SlipLine[];
      readonly qr: readonly { readonly data: string; readonly dots: number; readonly level: string }[];
      /** Lines as pictures: width, height in dots and the dots themselves, base64, a bit a dot. */
      readonly rasters: readonly { readonly width: number; readonly height: number; readonly data: string }[];
      readonly t: number;
    }
  | { readonly report: 'line'; readonly text: string; readonly t: number }
  | { readonly report: 'stopped'; readonly why: 'paper' | 'cover' | 'cutter' | 'power'; readonly t: number }
  /** Bytes thrown away because the buffer was cleared. */
  | { readonly report: 'cleared'; readonly bytes: number; readonly t: number }
  | { readonly report: 'unreadable'; readonly hex: string; readonly t: number }
  | { readonly report: 'cable'; readonly up: boolean; readonly reason: string }
  | { readonly report: 'bad-order'; readonly reason: string };
