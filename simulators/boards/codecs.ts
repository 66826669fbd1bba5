import { board8aCodec } from './board-8a.codec.ts';
import type { BoardCodec, Model } from './codec.ts';
import { kerongCu16Codec } from './kerong-cu16.codec.ts';
import { kerongCu48Codec } from './kerong-cu48.codec.ts';
import { modbusRelayCodec } from './modbus-relay.codec.ts';
import { winnsenCodec } from './winnsen.codec.ts';
import { wklyCodec } from './wkly.codec.ts';

const all: readonly BoardCodec[] = [
  kerongCu48Codec,
  kerongCu16Codec,
  board8aCodec,
  wklyCodec,
  winnsenCodec,
  modbusRelayCodec,
];

export function codecOf(model: Model): BoardCodec {
  const found = all.find((codec) => codec.models.includes(model));
  if (found === undefined) throw new RangeError(`no codec for ${model}`);
  return found;
}

/** Locks of a board, and the bit its makers take for closed. */
export const boardFacts: Readonly<Record<Model, { readonly locks: number; readonly closedBit: 0 | 1 }>> = {
  cu48: { locks: 48, closedBit: 1 },
  'cu48-ir': { locks: 48, closedBit: 1 },
  cu16: { locks: 16, closedBit: 1 },
  '8a-12': { locks: 12, closedBit: 1 },
  '8a-24': { locks: 24, closedBit: 1 },
  '8a-32': { locks: 32, closedBit: 1 },
  wkly: { locks: 24, closedBit: 1 },
  winnsen: { locks: 16, closedBit: 0 },
  'modbus-relay': { locks: 8, closedBit: 1 },
};
