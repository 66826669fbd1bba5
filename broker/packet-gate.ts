import type { Duplex } from 'node:stream';

/**
 * Reads only the fixed headers of an MQTT byte stream (clause 2.2) and says stop before a packet
 * that announces more than the limit is buffered. aedes 1.2.0 has no maximum packet size: a socket
 * that announces 256 MB before CONNECT is believed.
 */
export type GateRefusal = 'packet-too-large' | 'malformed-length' | 'not-connect-first';

const CONNECT = 1;

export class PacketGate {
  #limit: number;
  #first = true;
  /** Bytes of the current packet's body still to pass; headers are read when it is 0. */
  #body = 0;
  #inHeader = false;
  #length = 0;
  #shift = 0;
  #refusal: GateRefusal | undefined;

  /** `limit` is the largest remaining length (clause 2.2.3) in bytes that may pass. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Another limit for the packets to come, e.g. once it is known who speaks. */
  allow(limit: number): void {
    this.#limit = limit;
  }

  /** Looks at the next bytes; a refusal is final. undefined = they may pass. */
  inspect(chunk: Uint8Array): GateRefusal | undefined {
    let at = 0;
    while (this.#refusal === undefined && at < chunk.length) {
      if (this.#body > 0) {
        const skipped = Math.min(this.#body, chunk.length - at);
        this.#body -= skipped;
        at += skipped;
        continue;
      }
      this.#refusal = this.#header(chunk[at] ?? 0);
      at += 1;
    }
    return this.#refusal;
  }

  #header(byte: number): GateRefusal | undefined {
    if (!this.#inHeader) {
      if (this.#first && byte >> 4 !== CONNECT) return 'not-connect-first';
      this.#first = false;
      this.#inHeader = true;
      this.#length = 0;
      this.#shift = 0;
      return undefined;
    }
    this.#length += (byte & 0x7f) * 2 ** this.#shift;
    this.#shift += 7;
    if (this.#length > this.#limit) return 'packet-too-large';
    if ((byte & 0x80) !== 0) return this.#shift >= 28 ? 'malformed-length' : undefined;
    this.#inHeader = false;
    this.#body = this.#length;
    return undefined;
  }
}

/**
 * Puts the gate in front of whoever reads this socket: every chunk passes `inspect` before the
 * reader sees it. aedes pulls with `read()`, so wrapping that one method costs no copy and keeps
 * the socket's own back pressure; bytes nobody asked for stay within the socket's 64 KiB buffer.
 */
export function guardSocket(socket: Duplex, gate: PacketGate, refused: (why: GateRefusal) => void): void {
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  socket.read = (size?: number): unknown => {
    const chunk = read(size);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const why = gate.inspect(chunk);
    if (why === undefined) return chunk;
    refused(why);
    socket.destroy();
    return null;
  };
}
