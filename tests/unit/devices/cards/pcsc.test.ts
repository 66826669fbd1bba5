import { describe, expect, test } from 'vitest';
import {
  ANSWER_BYTES,
  connectMessage,
  establishMessage,
  readReaders,
  readersMessage,
  transmitMessage,
  versionMessage,
} from '../../../../devices/cards/pcsc-messages.ts';
import { GET_UID, uidOf, uidToken } from '../../../../devices/cards/uid.ts';
import { planLines } from '../../../../devices/gateway.config.ts';
import { answerTo } from '../../../../simulators/cards/card.ts';
import { hexBytes } from '../../../support/hex.ts';
import vectors from '../../../vectors/pcsc.json';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

describe('cards', () => {
  test.each(vectors.answers)('[DV67] $name', ({ hex: bytes, uid }) => {
    const read = uidOf(hexBytes(bytes));
    expect('uid' in read ? hex(read.uid) : read).toBe(uid);
    // The simulated card says the same, from the same vectors.
    expect(hex(answerTo(GET_UID, { uid, status: '9000' }) ?? new Uint8Array(0))).toBe(
      bytes.replaceAll(' ', ''),
    );
  });

  test.each(vectors.refused)('[DV68] refused: $name', ({ hex: bytes, reason, words }) => {
    expect(uidOf(bytes === '' ? new Uint8Array(0) : hexBytes(bytes))).toEqual({ refused: reason, words });
  });

  test('[DV67] messages are pcscd’s, byte by byte', () => {
    expect([versionMessage(), establishMessage(), readersMessage()].map(hex)).toEqual(
      vectors.messages.map(({ hex: bytes }) => bytes.replaceAll(' ', '')),
    );
    expect(connectMessage(0x11223344, 'A')).toHaveLength(8 + ANSWER_BYTES.connect);
    expect(hex(connectMessage(0x11223344, 'A')).slice(16, 28)).toBe('443322114100');
    expect(transmitMessage(7, 2, GET_UID)).toHaveLength(8 + ANSWER_BYTES.transmit + GET_UID.length);
  });

  test('[DV67] a list of readers: names, counts, and whether a card lies there', () => {
    const list = new Uint8Array(ANSWER_BYTES.readers);
    list.set(new TextEncoder().encode('Reader 00 00'));
    list.set([3, 0, 0, 0, 0x34, 0, 0, 0], 128);
    list.set(new TextEncoder().encode('Reader 00 01'), 184);
    list.set([0, 0, 0, 0, 0x02], 184 + 128);
    expect(readReaders(list)).toEqual([
      { name: 'Reader 00 00', events: 3, present: true },
      { name: 'Reader 00 01', events: 0, present: false },
    ]);
  });

  test('[DV67] a token is the same everywhere with one key, another with another, and not the number', () => {
    const uid = hexBytes('04 A1 B2 C3');
    const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(uidToken(one, uid)).toMatch(/^[0-9a-f]{32}$/);
    expect(uidToken(one, uid)).toBe(uidToken(one, uid));
    expect(uidToken(one, uid)).not.toBe(uidToken(two, uid));
    expect(uidToken(one, uid)).not.toBe(uidToken(one, hexBytes('04 A1 B2 C4')));
  });

  test('[DV68] a card reader is behind pcscd, and nothing else is', () => {
    const pcsc = { kind: 'pcsc' as const, socket: '/run/pcscd/pcscd.comm', reader: '' };
    const serial = { kind: 'serial' as const, path: '/dev/ttyS1' };
    const plan = (definition: string, transport: typeof pcsc | typeof serial) =>
      planLines([{ id: 'card-1', definition, transport, compartments: [] }]);
    expect(plan('pcsc-card', pcsc)).toMatchObject([
      { use: { kind: 'card-reader', id: 'card-1', reader: '' } },
    ]);
    expect(() => plan('pcsc-card', serial)).toThrow('card-1: "pcsc-card" needs a transport of kind pcsc');
    expect(() => plan('generic-line-scanner', pcsc)).toThrow('only a card reader is behind pcscd');
  });
});
