import { describe, expect, test } from 'vitest';
import type { Heard, Model } from '../../../../simulators/boards/codec.ts';
import { codecOf } from '../../../../simulators/boards/codecs.ts';
import { hexBytes, hexText } from '../../../support/hex.ts';
import board8a from '../../../vectors/board-8a.json';
import wkly from '../../../vectors/board-wkly.json';
import kerongCu16 from '../../../vectors/kerong-cu16.json';
import kerong from '../../../vectors/kerong-cu48.json';
import modbusRelay from '../../../vectors/modbus-relay.json';
import winnsen from '../../../vectors/winnsen.json';

/** The simulators' own codecs against the same vectors as the gateway's, sharing no code with it. */

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly kind: string;
  readonly address: number;
  readonly lock?: number;
  readonly model: Model;
  readonly bytes?: Readonly<Record<string, string>>;
  readonly bitsSet?: readonly number[];
  readonly itemsSet?: readonly number[];
  readonly shape?: string;
  readonly state?: number;
}

interface Raw {
  readonly name: string;
  readonly hex: string;
  readonly kind: string;
  readonly address: number;
  readonly lock?: number;
  readonly generation?: string;
  readonly table?: string;
  readonly shape?: string;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly bytes?: Readonly<Record<string, string>>;
  readonly bitsSet?: readonly number[];
  readonly itemsSet?: readonly number[];
}

const set = (frames: readonly unknown[], modelOf: (raw: Raw) => Model): Vector[] =>
  (frames as readonly Raw[]).map((raw) => ({
    ...raw,
    model: modelOf(raw),
    ...(raw.numbers?.state === undefined ? {} : { state: raw.numbers.state, lock: raw.numbers.lock ?? 0 }),
  }));

const vectors: readonly Vector[] = [
  ...set(kerong.frames, (raw) => (raw.generation === 'cu48-ir' ? 'cu48-ir' : 'cu48')),
  ...set(kerongCu16.frames, () => 'cu16'),
  ...set(board8a.frames, (raw) => (raw.table === '12' ? '8a-12' : raw.table === '32' ? '8a-32' : '8a-24')),
  ...set(wkly.frames, () => 'wkly'),
  ...set(winnsen.frames, () => 'winnsen'),
  ...set(modbusRelay.frames, () => 'modbus-relay'),
];
const bad: readonly { name: string; hex: string; reason: string; model: Model }[] = [
  ...kerong.bad.map((each) => ({ ...each, model: 'cu48' as const })),
  ...kerongCu16.bad.map((each) => ({ ...each, model: 'cu16' as const })),
  ...board8a.bad
    // A real board takes any lock number: those of another size are for its 32-way sister.
    .filter((each) => !each.name.startsWith('lock '))
    .map((each) => ({ ...each, model: '8a-24' as const })),
  ...wkly.bad.map((each) => ({ ...each, model: 'wkly' as const })),
  ...winnsen.bad.map((each) => ({ ...each, model: 'winnsen' as const })),
  ...modbusRelay.bad.map((each) => ({ ...each, model: 'modbus-relay' as const })),
];

function read(model: Model, hex: string): Heard[] {
  const reader = codecOf(model).createReader();
  return [...hexBytes(hex)].flatMap((byte) => reader.push(byte) ?? []);
}

const flags = (numbers: readonly number[], count: number): boolean[] =>
  Array.from({ length: count }, (_, index) => numbers.includes(index + 1));

/** Eight flags a byte, lowest first. */
const unpacked = (hex: string): boolean[] =>
  [...hexBytes(hex)].flatMap((byte) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => ((byte >> bit) & 1) === 1));

describe('the simulated boards read and write the vectors', () => {
  test.each(vectors.filter((each) => ['query', 'unlock', 'unlock-many'].includes(each.kind)))(
    '$model: $name is heard as $kind',
    (vector) => {
      const heard = read(vector.model, vector.hex);
      expect(heard).toMatchObject([
        {
          kind: vector.kind,
          board: vector.address,
          lock: vector.kind === 'unlock-many' ? 0 : (vector.lock ?? 0),
        },
      ]);
      expect(heard[0]?.models).toContain(vector.model);
    },
  );

  test.each(vectors.filter((each) => each.kind === 'status'))(
    '$model: $name is what it answers',
    (vector) => {
      const shown = {
        model: vector.model,
        address: vector.address,
        bits: flags(vector.bitsSet ?? [], 48),
        items: flags(vector.itemsSet ?? [], 48),
      };
      expect(hexText(codecOf(vector.model).status(shown, 0, []))).toBe(vector.hex);
    },
  );

  test.each(
    vectors.filter((each) => ['status', 'inputs'].includes(each.shape ?? '') && each.model !== 'wkly'),
  )('$model: $name is what it answers about the whole board', (vector) => {
    const shown = {
      model: vector.model,
      address: vector.address,
      bits: unpacked(vector.bytes?.locks ?? ''),
      items: unpacked(vector.bytes?.items ?? ''),
    };
    expect(hexText(codecOf(vector.model).status(shown, 0, []))).toBe(vector.hex);
  });

  test.each(
    vectors.filter((each) => each.model === 'wkly' && each.shape === 'status' && !each.hex.includes('FF')),
  )('$model: $name is what it answers about the whole board', (vector) => {
    const bits = [...hexBytes(vector.bytes?.states ?? '')].map((byte) => byte === 1);
    const shown = { model: vector.model, address: vector.address, bits, items: [] };
    expect(hexText(codecOf('wkly').status(shown, 0, []))).toBe(vector.hex);
  });

  test.each(
    vectors.filter(
      (each) =>
        ['lock-state', 'unlock-answer', 'push', 'push-82'].includes(each.shape ?? '') && each.state !== 0xff,
    ),
  )('$model: $name is what it says of one lock', (vector) => {
    const lock = vector.lock ?? 0;
    const codec = codecOf(vector.model);
    const shown = {
      model: vector.model,
      address: vector.address,
      // 11 on an 8A board, 01 on the others.
      bits: flags((vector.state ?? 0) === 0 ? [] : [lock], 48),
      items: [],
    };
    const said =
      vector.shape === 'lock-state'
        ? codec.status(shown, lock, [])
        : vector.shape === 'unlock-answer'
          ? codec.unlockReply?.(shown, lock, [])
          : codec.push?.(shown, lock, vector.shape === 'push-82' ? 0x82 : undefined);
    expect(hexText(said ?? [])).toBe(vector.hex);
  });

  test.each(bad)('$model: $name moves nothing: $reason', (vector) => {
    expect(read(vector.model, vector.hex).filter((heard) => heard.kind !== 'other')).toEqual([]);
  });

  test.each(vectors.filter((each) => each.kind === 'unlock'))(
    '$model: $name is heard after noise',
    (vector) => {
      const heard = read(vector.model, `02 00 FF 57 4B 90 06 8A 01 ${vector.hex}`);
      expect(heard.filter((each) => each.kind === 'unlock')).toMatchObject([
        { board: vector.address, lock: vector.lock },
      ]);
    },
  );
});
