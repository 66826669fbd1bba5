/** The parts of an MQTT packet that aedes hands to a store and expects back. */
export interface StoredPacket {
  cmd?: string | undefined;
  brokerId?: string | undefined;
  brokerCounter?: number | undefined;
  clientId?: string | undefined;
  topic?: string | undefined;
  payload?: string | Buffer | undefined;
  qos?: number | undefined;
  retain?: boolean | undefined;
  dup?: boolean | undefined;
  messageId?: number | undefined;
}

/** Payload as bytes, and whether it was given as text, so that it comes back as it was. */
export function storedPayload(payload: string | Buffer | undefined): { text: 0 | 1; payload: Buffer } {
  if (typeof payload === 'string') return { text: 1, payload: Buffer.from(payload) };
  return { text: 0, payload: payload ?? Buffer.alloc(0) };
}

/** The reverse of `storedPayload`. */
export function payloadOf(payload: Buffer, text: number): string | Buffer {
  return text === 1 ? payload.toString() : payload;
}
