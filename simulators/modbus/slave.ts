/**
 * A Modbus device as its makers describe it, PDU and CRC by hand from tests/vectors/modbus.json: relays, inputs and
 * registers. It shares nothing with the gateway, nor with the library the gateway uses.
 */

export interface SlaveMemory {
  readonly coils: boolean[];
  readonly inputs: boolean[];
  /** 16-bit words by address. */
  readonly holding: Map<number, number>;
  readonly input: Map<number, number>;
}

export interface SlaveReport {
  readonly unit: number;
  readonly coil: number;
  readonly on: boolean;
}

export function crc16(bytes: readonly number[]): [number, number] {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return [crc & 0xff, crc >> 8];
}

const no = (code: number, why: number): number[] => [code | 0x80, why];
const UNKNOWN_FUNCTION = 1;
const NO_SUCH_ADDRESS = 2;
const BAD_VALUE = 3;

/** The answer to one PDU (function and data), and what it did. */
export function answerPdu(
  memory: SlaveMemory,
  pdu: readonly number[],
  switched: (coil: number, on: boolean) => void,
): number[] {
  const [code = 0, a = 0, b = 0, c = 0, d = 0] = pdu;
  const address = a * 256 + b;
  const count = c * 256 + d;
  switch (code) {
    case 1:
    case 2: {
      const bits = code === 1 ? memory.coils : memory.inputs;
      if (count < 1 || count > 2000) return no(code, BAD_VALUE);
      if (address + count > bits.length) return no(code, NO_SUCH_ADDRESS);
      const bytes = Array.from({ length: Math.ceil(count / 8) }, (_, index) =>
        [0, 1, 2, 3, 4, 5, 6, 7].reduce(
          (byte, bit) =>
            byte + (index * 8 + bit < count && bits[address + index * 8 + bit] === true ? 2 ** bit : 0),
          0,
        ),
      );
      return [code, bytes.length, ...bytes];
    }
    case 3:
    case 4: {
      const words = code === 3 ? memory.holding : memory.input;
      if (count < 1 || count > 125) return no(code, BAD_VALUE);
      const read = Array.from({ length: count }, (_, index) => words.get(address + index));
      if (read.some((word) => word === undefined)) return no(code, NO_SUCH_ADDRESS);
      return [code, count * 2, ...read.flatMap((word = 0) => [word >> 8, word & 0xff])];
    }
    case 5: {
      if (count !== 0xff00 && count !== 0) return no(code, BAD_VALUE);
      const on = count === 0xff00;
      // 00FF means every relay on these boards: a real one obeys.
      const all = address === 0xff;
      if (!all && address >= memory.coils.length) return no(code, NO_SUCH_ADDRESS);
      for (const index of all ? memory.coils.keys() : [address]) {
        memory.coils[index] = on;
        switched(index, on);
      }
      return [...pdu];
    }
    default:
      return no(code, UNKNOWN_FUNCTION);
  }
}

/** Length of an RTU request that begins with these bytes; undefined for functions of another length. */
const REQUEST_BYTES = 8;

/** Cuts RTU requests out of a stream: eight bytes with a right CRC, whatever noise stands before them. */
export function createRtuReader(): (byte: number) => { unit: number; pdu: number[] } | undefined {
  let held: number[] = [];
  return (byte) => {
    held = [...held, byte].slice(-REQUEST_BYTES);
    if (held.length < REQUEST_BYTES) return undefined;
    const [low, high] = crc16(held.slice(0, 6));
    if (held[6] !== low || held[7] !== high) return undefined;
    const [unit = 0, ...pdu] = held.slice(0, 6);
    held = [];
    return { unit, pdu };
  };
}

/** Cuts Modbus TCP requests out of a stream. */
export function createTcpReader(): (
  byte: number,
) => { unit: number; pdu: number[]; transaction: [number, number] } | undefined {
  let held: number[] = [];
  return (byte) => {
    held.push(byte);
    if (held.length < 7) return undefined;
    const length = (held[4] ?? 0) * 256 + (held[5] ?? 0);
    if (held.length < 6 + length) return undefined;
    const [high = 0, low = 0, , , , , unit = 0, ...pdu] = held;
    held = [];
    return { unit, pdu, transaction: [high, low] };
  };
}
