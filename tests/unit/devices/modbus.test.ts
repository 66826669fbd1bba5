import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegisterReading } from '../../../devices/definitions/definition.ts';
import { findRtuAnswer, forbidden, whyNoAnswer } from '../../../devices/modbus/answer-frame.rules.ts';
import { valueOf } from '../../../devices/modbus/register.rules.ts';
import { answerPdu, crc16, createRtuReader } from '../../../simulators/modbus/slave.ts';
import { hexBytes, hexText } from '../../support/hex.ts';
import modbus from '../../vectors/modbus.json';

const reading = (type: RegisterReading['type'], more: Partial<RegisterReading> = {}): RegisterReading => ({
  ...{ quantity: 'x', from: 'input', register: 0, type, scale: 1, min: -1e12, max: 1e12 },
  ...more,
});

describe('Modbus answers', () => {
  test.each(modbus.frames)(
    '$name is found behind noise, and the request may leave',
    ({ request, answer }) => {
      const asked = hexBytes(request);
      expect(forbidden(asked)).toBeUndefined();
      const found = findRtuAnswer(hexBytes(`FF 00 01 ${answer}`), asked[0] ?? 0, asked[1] ?? 0);
      expect(found.found && hexText(found.frame)).toBe(answer);
    },
  );

  test.each(modbus.bad)('[DV49] $name is no answer: $reason', ({ request, answer, refused }) => {
    const asked = hexBytes(request);
    expect(findRtuAnswer(hexBytes(answer), asked[0] ?? 0, asked[1] ?? 0).found).toBe(false);
    const { reason, at } = whyNoAnswer(hexBytes(answer), asked[0] ?? 0, asked[1] ?? 0) ?? {};
    expect(`${String(reason)} ${String(at)}`).toBe(refused);
  });

  test('[DV51] the forbidden of the vectors, and of every unit, function and coil all that speaks to more than one', () => {
    for (const { request, reason } of modbus.forbidden)
      expect(forbidden(hexBytes(request)), request).toContain(reason);
    for (let unit = 0; unit < 256; unit += 1)
      for (let code = 0; code < 256; code += 1) {
        const may = forbidden(Uint8Array.of(unit, code, 0, 1, 0xff, 0)) === undefined;
        expect(may).toBe(unit >= 1 && unit <= 247 && code >= 1 && code <= 5);
      }
    for (let coil = 0; coil < 65_536; coil += 1)
      expect(forbidden(Uint8Array.of(1, 5, coil >> 8, coil & 0xff, 0xff, 0)) === undefined).toBe(coil < 0xff);
  });

  test('[DV50] any bytes at all: no exception, and nothing found without a right CRC', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 247 }), (bytes, unit) => {
        const found = findRtuAnswer(bytes, unit, 4);
        if (!found.found) return;
        const body = [...found.frame.slice(0, -2)];
        expect([...found.frame.slice(-2)]).toEqual(crc16(body));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('[DV52] registers become values, or nothing when they cannot be believed', () => {
  test.each([
    ['signed tenths', reading('int16', { scale: 0.1 }), [65_486], -5],
    ['unsigned', reading('uint16'), [65_486], 65_486],
    ['two words, high first', reading('uint32', { scale: 0.01 }), [1, 57_920], 1234.56],
    ['two words, low first', reading('uint32', { words: 'low-first' }), [57_920, 1], 123_456],
    ['signed two words', reading('int32'), [0xffff, 0xfffe], -2],
    ['float', reading('float32'), [0x4060, 0], 3.5],
    ['float that is no number', reading('float32'), [0x7fc0, 0], undefined],
    ['offset', reading('uint16', { scale: 0.1, offset: -40 }), [650], 25],
    ['above its range', reading('int16', { scale: 0.1, max: 85 }), [32_767], undefined],
    ['below its range', reading('int16', { min: 0 }), [0xffff], undefined],
    ['a word missing', reading('uint32'), [1], undefined],
  ])('%s', (_name, profile, words, value) => {
    expect(valueOf(profile, words)).toBe(value);
  });
});

describe('the simulated slave speaks the vectors', () => {
  test.each(modbus.frames.filter((each) => !('exception' in each)))('$name', (vector) => {
    const request = [...hexBytes(vector.request)];
    const read = createRtuReader();
    const heard = [0x55, ...request].flatMap((byte) => read(byte) ?? []).at(-1);
    expect(heard?.unit).toBe(request[0]);
    const first = (request[2] ?? 0) * 256 + (request[3] ?? 0);
    const words = new Map(
      ('words' in vector ? (vector.words ?? []) : []).map((word, index) => [first + index, word]),
    );
    const bits = Array.from(
      { length: 16 },
      (_, index) => 'bits' in vector && vector.bits?.includes(index) === true,
    );
    const memory = { coils: bits, inputs: bits, holding: words, input: words };
    const said = answerPdu(memory, heard?.pdu ?? [], () => undefined);
    const frame = [request[0] ?? 0, ...said];
    expect(hexText([...frame, ...crc16(frame)])).toBe(vector.answer);
  });
});
