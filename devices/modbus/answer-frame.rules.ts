import { checksum } from '../frames/checksum.ts';
import type { Refusal } from '../frames/refusal.ts';

/** Finds the answer to one Modbus request among the bytes of a line. Pure. */

const EXCEPTION_BYTES = 5;
const WRITE_ANSWER_BYTES = 8;

/** Requests that may leave: reads of coils, inputs and registers, and the write of one coil [DV51]. */
const READS = [0x01, 0x02, 0x03, 0x04];
const WRITE_COIL = 0x05;
const ON = 0xff00;

export type Found =
  { readonly found: true; readonly frame: Uint8Array; readonly used: number } | { readonly found: false };

/** The first whole RTU answer of that unit and function, CRC right; what stands before it is noise. */
export function findRtuAnswer(bytes: Uint8Array, unit: number, code: number): Found {
  for (let at = 0; at + EXCEPTION_BYTES <= bytes.length; at += 1) {
    if (bytes[at] !== unit) continue;
    const length = lengthAt(bytes, at, code);
    if (length === undefined || at + length > bytes.length) continue;
    const [low, high] = checksum('crc16-modbus', bytes, at, at + length - 2);
    if (bytes[at + length - 2] !== low || bytes[at + length - 1] !== high) continue;
    return { found: true, frame: bytes.slice(at, at + length), used: at + length };
  }
  return { found: false };
}

function lengthAt(bytes: Uint8Array, at: number, code: number): number | undefined {
  if (bytes[at + 1] === (code | 0x80)) return EXCEPTION_BYTES;
  if (bytes[at + 1] !== code) return undefined;
  return code === WRITE_COIL ? WRITE_ANSWER_BYTES : (bytes[at + 2] ?? 0) + EXCEPTION_BYTES;
}

/** Why these bytes are no RTU answer of that unit and function; undefined when they begin with one [DV49]. */
export function whyNoAnswer(bytes: Uint8Array, unit: number, code: number): Refusal | undefined {
  if (bytes.length === 0) return { reason: 'length', at: 0 };
  if (bytes[0] !== unit) return { reason: 'start', at: 0 };
  if (bytes.length > 1 && bytes[1] !== code && bytes[1] !== (code | 0x80)) return { reason: 'value', at: 1 };
  const length = lengthAt(bytes, 0, code);
  if (length === undefined || bytes.length < length) return { reason: 'length', at: bytes.length };
  const due = checksum('crc16-modbus', bytes, 0, length - 2);
  const wrong = due.findIndex((byte, index) => bytes[length - 2 + index] !== byte);
  return wrong < 0 ? undefined : { reason: 'checksum', at: length - 2 + wrong, due: due[wrong] ?? 0 };
}

/** Why this request must not leave; undefined when it may. Unit 0 speaks to every device, coil 00FF to every relay. */
export function forbidden(request: Uint8Array): string | undefined {
  const [unit = 0, code = 0, high = 0, low = 0, valueHigh = 0, valueLow = 0] = request;
  if (unit < 1 || unit > 247) return `unit ${String(unit)} is no single device`;
  if (READS.includes(code)) return undefined;
  if (code !== WRITE_COIL) return `function ${String(code)} is not used`;
  const coil = high * 256 + low;
  const value = valueHigh * 256 + valueLow;
  if (coil >= 0xff) return `coil ${String(coil)} is no single relay`;
  return value === ON || value === 0 ? undefined : `value ${String(value)} is neither on nor off`;
}
