import { Readable } from 'node:stream';
import { SqlitePersistence } from './persistence.ts';
import type { StoredPacket } from './stored-packet.ts';

/**
 * The store as aedes is given it: what waits comes back as stored, and with the DUP flag where it
 * may have been sent before (BR40). The store itself stays what the published suite asks for.
 */
export class ResendingPersistence extends SqlitePersistence {
  override outgoingStream(client: Parameters<SqlitePersistence['outgoingStream']>[0]): Readable {
    return super.outgoingStream(client).map(asResent);
  }
}

/** A message that has a number was sent before, or may have been: clause 3.3.1.1 wants the flag on it. */
function asResent(packet: StoredPacket): StoredPacket {
  return packet.cmd === 'publish' && packet.messageId !== undefined ? { ...packet, dup: true } : packet;
}
