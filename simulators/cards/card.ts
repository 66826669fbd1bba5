import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

/** A virtual card on a reader: it answers one question. */
export interface CardOrder {
  /** UID in hex. */
  readonly uid: string;
  /** What the card says after its UID, or instead of it: `9000` says yes. */
  readonly status: string;
}

/** ISO 14443 A card as PC/SC part 3 draws its ATR, for MIFARE Classic 1K. */
const ATR = Buffer.from('3B8F8001804F0CA000000306030001000000006A', 'hex');
const CONTROL = { off: 0x00, on: 0x01, reset: 0x02, atr: 0x04 } as const;

/** The answer to one message of the virtual reader, or undefined when it wants none. */
export function answerTo(message: Uint8Array, card: CardOrder): Uint8Array | undefined {
  if (message.length === 1) {
    return message[0] === CONTROL.atr ? ATR : undefined;
  }
  const apdu = Buffer.from(message);
  if (!apdu.subarray(0, 4).equals(Buffer.from('FFCA0000', 'hex'))) return Buffer.from('6D00', 'hex');
  if (card.status !== '9000') return Buffer.from(card.status, 'hex');
  return Buffer.from(card.uid + card.status, 'hex');
}

/**
 * Lays a card on a virtual reader (vpcd) at a port of this machine: to it, a card is a connection. A length of two
 * bytes, high first, then the message. Destroying the socket takes the card away.
 */
export function layCard(port: number, card: CardOrder, heard: (apdu: string) => void): Socket {
  const socket = createConnection({ host: '127.0.0.1', port });
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const length = held.length < 2 ? undefined : held.readUInt16BE(0);
      if (length === undefined || held.length < 2 + length) return;
      const message = held.subarray(2, 2 + length);
      held = held.subarray(2 + length);
      if (message.length > 1) heard(message.toString('hex').toUpperCase());
      const answer = answerTo(message, card);
      if (answer === undefined) continue;
      const head = Buffer.alloc(2);
      head.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([head, answer]));
    }
  });
  return socket;
}
