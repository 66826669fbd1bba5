import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';
import { DoorResult } from '../../contract/commissioning.ts';
import type { Progress } from './progress.rules.ts';

/** Progress of one line, in a small file beside the configuration it will be written to [DV45]. */
export interface ProgressFile {
  readonly file: string;
  read():
    | { readonly kind: 'none' }
    | { readonly kind: 'kept'; readonly progress: Progress }
    /** Not to be believed. It was put aside under `as`; nothing else was touched. */
    | { readonly kind: 'damaged'; readonly reason: string; readonly as: string };
  /** Whether something waits to be gone on with; not yet looked into. */
  kept(): boolean;
  keep(progress: Progress): void;
  forget(): void;
}

const bit = z.union([z.literal(0), z.literal(1)]);
const lock = z.number().int().min(1).max(48);
const Kept: z.ZodType<Progress & { version: 1 }> = z.strictObject({
  version: z.literal(1),
  line: z.string(),
  bank: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional(),
  boards: z
    .array(
      z.strictObject({
        definition: z.string(),
        address: z.number().int().min(0).max(255),
        baudRate: z.number().int().min(0),
        numbering: z
          .strictObject({
            doors: lock,
            first: z.number().int().min(1).max(65_535),
            rows: lock,
          })
          .optional(),
        switches: z.strictObject({ usual: bit, reversed: z.array(lock) }).optional(),
      }),
    )
    .min(1),
  results: z.record(z.string().regex(/^[1-9]\d{0,4}$/), DoorResult),
});

const LARGEST = 256 * 1024;

/** @param config the configuration that will be written; `line` tells lines of one gateway apart. */
export function progressFile(config: string, line: string): ProgressFile {
  const file = `${config}.commissioning-${line.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.json`;
  return {
    file,
    read: () => {
      if (!existsSync(file)) return { kind: 'none' };
      try {
        const text = readFileSync(file, 'utf8');
        if (text.length > LARGEST) throw new RangeError(`${String(text.length)} bytes are too many`);
        const { version: _, ...progress } = Kept.parse(JSON.parse(text));
        if (progress.line !== line) throw new RangeError(`it is of the line ${progress.line}`);
        return { kind: 'kept', progress };
      } catch (error) {
        const as = `${file}.damaged`;
        renameSync(file, as);
        return { kind: 'damaged', reason: reasonOf(error), as };
      }
    },
    kept: () => existsSync(file),
    // Written beside and renamed over: a power cut leaves the old or the new one, never half of one.
    keep: (progress) => {
      const fresh = `${file}.new`;
      const handle = openSync(fresh, 'w', 0o600);
      try {
        writeSync(handle, `${JSON.stringify({ version: 1, ...progress }, null, 2)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(fresh, file);
    },
    forget: () => {
      rmSync(file, { force: true });
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
  }
  return error instanceof Error ? error.message : String(error);
}
