import { packBits, sumOf, windowReader } from './codec.ts';
import type { BoardCodec, Heard, Model } from './codec.ts';

/** KERONG CU48, both generations. Commands of six bytes: 02 ADDR LOCK CMD 03 SUM. */

const COMMANDS: Readonly<
  Record<number, { readonly kind: 'query' | 'unlock'; readonly models: readonly Model[] }>
> = {
  0x50: { kind: 'query', models: ['cu48'] },
  0x51: { kind: 'unlock', models: ['cu48'] },
  0x60: { kind: 'query', models: ['cu48-ir'] },
  0x61: { kind: 'unlock', models: ['cu48-ir'] },
};

const both: readonly Model[] = ['cu48', 'cu48-ir'];

function understand(bytes: readonly number[]): Heard | undefined {
  const [start, board, lock, command, end, sum] = bytes;
  if (start !== 0x02 || board === undefined || lock === undefined || command === undefined || end !== 0x03)
    return undefined;
  if (sumOf(bytes.slice(0, 5)) !== sum) return undefined;
  const known = COMMANDS[command];
  if (known === undefined) return undefined;
  const { kind, models } = known;
  if (kind === 'query')
    return { kind: board > 0x09 || lock !== 0 ? 'other' : 'query', board, lock: 0, models, bytes };
  // Nobody promises that the other generation is deaf to this one's: the worst is assumed.
  const many = { kind: 'unlock-many', board, lock: 0, models: both, bytes } as const;
  if (board === 0x0a) return { ...many, everyBoard: true };
  if (lock === 0x30) return many;
  if (board > 0x09 || lock > 0x2f) return { kind: 'other', board, lock: 0, models, bytes };
  return { kind: 'unlock', board, lock: lock + 1, models, bytes };
}

/** 12 bytes: 02 ADDR 00 65 D1..D6 03 SUM; the newer generation 18: 02 ADDR 00 75 H1..H6 I1..I6 03 SUM. No reply to an unlock. */
export const kerongCu48Codec: BoardCodec = {
  models: both,
  createReader: () => windowReader([6], understand),
  status: ({ model, address, bits, items }) => {
    const body =
      model === 'cu48'
        ? [0x02, address, 0x00, 0x65, ...packBits(bits, 6), 0x03]
        : [0x02, address, 0x00, 0x75, ...packBits(bits, 6), ...packBits(items, 6), 0x03];
    return [...body, sumOf(body)];
  },
};
