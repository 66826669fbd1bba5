import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { generate } from 'mqtt-packet';

/**
 * An MQTT 3.1.1 client that costs the load generator as little as possible: ready-made bytes out, a walk over fixed
 * headers in. Publish packets have one shape: 23 bytes of topic and 64 of payload.
 */

export const PAYLOAD_BYTES = 64;
const TOPIC_BYTES = 23;

/** `bench/0007/measured/value`, cut to 23 characters. */
export function benchTopic(publisher: number): string {
  return `bench/${String(publisher).padStart(4, '0')}/measured/value`.slice(0, TOPIC_BYTES);
}

export interface WireLogin {
  readonly port: number;
  readonly id: string;
  readonly secret: string;
  readonly clean: boolean;
}

export interface WireEvents {
  /** A message: its bytes from `at` on are the payload. */
  onMessage?(bytes: Buffer, at: number): void;
  onPuback?(messageId: number): void;
  /** One chunk of the socket has been worked off: time to send what it set free. */
  onTurn?(): void;
  onClosed?(reason: string): void;
}

export interface WireClient {
  readonly socket: Socket;
  subscribe(filter: string, qos: 0 | 1): Promise<void>;
  close(): void;
}

/** Connects and waits for the CONNACK. @throws when the broker refuses or closes. */
export function openWire(login: WireLogin, events: WireEvents): Promise<WireClient> {
  const { port, id, secret, clean } = login;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let held: Buffer = Buffer.alloc(0);
    let granted = (): void => undefined;
    const acks: number[] = [];

    const packet = (bytes: Buffer, from: number, body: number, end: number): void => {
      const head = bytes[from] ?? 0;
      switch (head >> 4) {
        case 2:
          if (bytes[body + 1] === 0) resolve({ socket, subscribe, close: () => socket.destroy() });
          else reject(new Error(`${id}: CONNACK ${String(bytes[body + 1])}`));
          return;
        case 3: {
          const qos = (head >> 1) & 3;
          const after = body + 2 + bytes.readUInt16BE(body);
          if (qos > 0) acks.push(bytes.readUInt16BE(after));
          events.onMessage?.(bytes, after + (qos > 0 ? 2 : 0));
          return;
        }
        case 4:
          events.onPuback?.(bytes.readUInt16BE(body));
          return;
        case 9:
          if ((bytes[end - 1] ?? 0x80) < 0x80) granted();
          else socket.destroy(new Error(`${id}: subscription refused`));
          return;
        default:
      }
    };
    socket.on('data', (chunk: Buffer) => {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      let at = 0;
      for (;;) {
        let length = 0;
        let shift = 0;
        let body = at + 1;
        let byte = 0x80;
        while (body < bytes.length && byte >= 0x80) {
          byte = bytes[body] ?? 0;
          length += (byte & 0x7f) * 2 ** shift;
          shift += 7;
          body += 1;
        }
        if (byte >= 0x80 || body + length > bytes.length) break;
        packet(bytes, at, body, body + length);
        at = body + length;
      }
      held = bytes.subarray(at);
      if (acks.length > 0) {
        const out = Buffer.allocUnsafe(acks.length * 4);
        for (const [index, ack] of acks.entries()) out.writeUInt32BE(0x40020000 + ack, index * 4);
        acks.length = 0;
        socket.write(out);
      }
      events.onTurn?.();
    });
    let reason = 'closed by the broker';
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      reject(new Error(`${id}: ${reason}`));
      events.onClosed?.(reason);
    });
    socket.on('connect', () => {
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clientId: id,
          clean,
          keepalive: 60,
          username: id,
          password: Buffer.from(secret),
        }),
      );
    });
    const subscribe = (filter: string, qos: 0 | 1): Promise<void> =>
      new Promise((done, failed) => {
        granted = done;
        socket.once('close', () => {
          failed(new Error(`${id}: ${reason}`));
        });
        socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos }] }));
      });
  });
}

/** Bytes of one PUBLISH with room for the payload's first twelve bytes: number (u32) and sending time (f64). */
export function publishPacket(publisher: number, qos: 0 | 1, payloadBytes = PAYLOAD_BYTES): Buffer {
  return generate({
    cmd: 'publish',
    topic: benchTopic(publisher),
    payload: Buffer.alloc(payloadBytes, 0x78),
    qos,
    dup: false,
    retain: false,
    ...(qos === 1 ? { messageId: 1 } : {}),
  });
}

/** Writes message id, number and time into a copy of the packet that stands at `at` of `into`. */
export function stamp(
  into: Buffer,
  at: number,
  packet: Buffer,
  qos: 0 | 1,
  number: number,
  time: number,
  payloadBytes = PAYLOAD_BYTES,
): void {
  packet.copy(into, at);
  const payload = at + packet.length - payloadBytes;
  if (qos === 1) into.writeUInt16BE((number % 65_535) + 1, payload - 2);
  into.writeUInt32BE(number, payload);
  into.writeDoubleBE(time, payload + 4);
}
