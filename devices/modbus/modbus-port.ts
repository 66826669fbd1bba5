import { EventEmitter } from 'node:events';
import { checksum } from '../frames/checksum.ts';
import type { Transport } from '../transports/transport.ts';
import { hexOf } from '../frames/explain.ts';
import type { Unreadable } from '../../contract/messages.ts';
import { findRtuAnswer, forbidden, whyNoAnswer } from './answer-frame.rules.ts';

/** Longest RTU frame (256) and longest Modbus TCP frame (260) of the specification. */
const LONGEST = 260;
const MBAP = 7;
/** Bytes of an unreadable answer that are kept for people. */
const MOST_SHOWN = 48;

/**
 * Our transport as a port of modbus-serial: the library makes requests and reads answers, reopening and taking back
 * stay ours. In `tcp` form the RTU frame of the library travels in a Modbus TCP header, without its CRC.
 */
export class ModbusPort extends EventEmitter {
  readonly #transport: Transport;
  readonly #form: 'rtu' | 'tcp';
  #held = new Uint8Array(0);
  #request = new Uint8Array(0);
  #unit = 0;
  #code = 0;
  #transaction = 0;
  badBytes = 0;

  constructor(transport: Transport, form: 'rtu' | 'tcp') {
    super();
    this.#transport = transport;
    this.#form = form;
  }

  get isOpen(): boolean {
    return this.#transport.state().name === 'open';
  }

  /** The line is opened and reopened by its transport: for the library it is always there. */
  open(done: (error?: Error) => void): void {
    done();
  }

  close(done: (error?: Error) => void): void {
    done();
  }

  /** A request of the library, RTU form with CRC. @throws when it would speak to more than one device or relay [DV51]. */
  write(request: Uint8Array): void {
    const why = forbidden(request);
    if (why !== undefined) throw new Error(`not sent: ${why}`);
    this.badBytes += this.#held.length;
    this.#held = new Uint8Array(0);
    this.#request = request.slice();
    this.#unit = request[0] ?? 0;
    this.#code = request[1] ?? 0;
    void this.#transport.write(this.#form === 'rtu' ? request : this.#withHeader(request));
  }

  /** Bytes of the line, in whatever pieces. */
  push(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#held.length + chunk.length);
    joined.set(this.#held);
    joined.set(chunk, this.#held.length);
    this.#held = joined.slice(-LONGEST);
    this.badBytes += joined.length - this.#held.length;
    const found =
      this.#form === 'rtu' ? findRtuAnswer(this.#held, this.#unit, this.#code) : this.#findTcpAnswer();
    if (!found.found) return;
    this.badBytes += found.used - found.frame.length - (this.#form === 'tcp' ? MBAP - 3 : 0);
    this.#held = this.#held.slice(found.used);
    this.emit('data', Buffer.from(found.frame));
  }

  /** What came since the question and is no answer, its own echo left out; undefined for Modbus TCP and for silence. */
  unreadable(): Unreadable | undefined {
    if (this.#form === 'tcp') return undefined;
    const echoed = this.#request.every((byte, index) => byte === this.#held[index]);
    const bytes = echoed ? this.#held.slice(this.#request.length) : this.#held;
    const refusal = bytes.length === 0 ? undefined : whyNoAnswer(bytes, this.#unit, this.#code);
    if (refusal === undefined) return undefined;
    return { bytes: hexOf(bytes.slice(0, MOST_SHOWN)), reason: refusal.reason, at: refusal.at };
  }

  #withHeader(request: Uint8Array): Uint8Array {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const pdu = request.slice(0, -2);
    return Uint8Array.of(this.#transaction >> 8, this.#transaction & 0xff, 0, 0, 0, pdu.length, ...pdu);
  }

  /** The answer with our transaction number; an older one is passed over. The library wants RTU form: its CRC is not checked twice. */
  #findTcpAnswer(): ReturnType<typeof findRtuAnswer> {
    let at = 0;
    while (at + MBAP < this.#held.length) {
      const length = (this.#held[at + 4] ?? 0) * 256 + (this.#held[at + 5] ?? 0);
      const end = at + 6 + length;
      if (end > this.#held.length) return { found: false };
      const mine = (this.#held[at] ?? 0) * 256 + (this.#held[at + 1] ?? 0) === this.#transaction;
      if (mine) return { found: true, frame: withCrc(this.#held.slice(at + 6, end)), used: end };
      at = end;
    }
    return { found: false };
  }
}

function withCrc(pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 2);
  frame.set(pdu);
  frame.set(checksum('crc16-modbus', pdu, 0, pdu.length), pdu.length);
  return frame;
}
