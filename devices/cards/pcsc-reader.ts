import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import type { Transport, TransportState } from '../transports/transport.ts';
import {
  ANSWER_BYTES,
  PROTOCOL,
  connectMessage,
  disconnectMessage,
  establishMessage,
  readReaders,
  readersMessage,
  transmitMessage,
  versionMessage,
  word,
} from './pcsc-messages.ts';
import { GET_UID, uidOf } from './uid.ts';

export interface PcscStats {
  /** Cards read. */
  readonly cards: number;
  /** Taken away before they were read. */
  readonly tooShort: number;
  /** Laid, and would not say their UID. */
  readonly refused: number;
}

/** `none`: pcscd runs and has no such reader. `ready`: it looks for cards. */
export type ReaderPresence = 'unknown' | 'none' | 'ready';

export interface PcscReader {
  start(): void;
  presence(): ReaderPresence;
  /** What the last card said that would not be read; undefined after one that was. */
  lastRefusal(): string | undefined;
  stats(): PcscStats;
  stop(): Promise<void>;
}

const LOOK_MS: Millis = 250;
const ANSWER_MS: Millis = 3_000;
const SUCCESS = 0;

/**
 * Watches one reader through pcscd. A card is read once for each time it is laid; looking costs one local
 * message four times a second, no process and no thread. Lost, slow or foreign answers close the connection,
 * and the transport opens a new one [DV68].
 * @param wanted part of the reader's name; empty = the first there is
 */
export function createPcscReader(parts: {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly wanted: string;
  readonly onCard: (uid: Uint8Array) => void;
  /** The line, the reader or the last refusal changed. */
  readonly onChange: (state: TransportState) => void;
}): PcscReader {
  const { transport, clock } = parts;
  const counts = { cards: 0, tooShort: 0, refused: 0 };
  let presence: ReaderPresence = 'unknown';
  let refusal: string | undefined;
  let seen: number | undefined;
  let held = Buffer.alloc(0);
  let asking: { readonly bytes: number; readonly done: (answer: Uint8Array | undefined) => void } | undefined;
  let cancelLook: CancelTimer = () => undefined;
  /** Rises with every connection: what an old one still waits for is nobody's. */
  let connection = 0;

  const change = (next: { presence?: ReaderPresence; refusal?: string | undefined }): void => {
    const before = `${presence} ${refusal ?? ''}`;
    if (next.presence !== undefined) presence = next.presence;
    if ('refusal' in next) refusal = next.refusal;
    if (`${presence} ${refusal ?? ''}` !== before) parts.onChange(transport.state());
  };
  const give = (): void => {
    if (asking === undefined || held.length < asking.bytes) return;
    const { bytes, done } = asking;
    const answer = held.subarray(0, bytes);
    held = held.subarray(bytes);
    asking = undefined;
    done(Uint8Array.from(answer));
  };
  /** The next `bytes` of what pcscd says; throws when they do not come. */
  const next = (bytes: number): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(ANSWER_MS, () => {
        asking?.done(undefined);
      });
      asking = {
        bytes,
        done: (answer) => {
          cancel();
          asking = undefined;
          if (answer === undefined) reject(new Error('no answer'));
          else resolve(answer);
        },
      };
      give();
    });
  const ask = async (message: Uint8Array, bytes: number): Promise<Uint8Array> => {
    if ((await transport.write(message)) !== 'written') throw new Error('not written');
    return next(bytes);
  };

  const readCard = async (context: number, reader: string): Promise<void> => {
    const connected = await ask(connectMessage(context, reader), ANSWER_BYTES.connect);
    if (word(connected, ANSWER_BYTES.connect - 4) !== SUCCESS) {
      counts.tooShort += 1;
      return;
    }
    const card = word(connected, ANSWER_BYTES.connect - 12);
    const protocol = word(connected, ANSWER_BYTES.connect - 8);
    const sent = await ask(transmitMessage(card, protocol, GET_UID), ANSWER_BYTES.transmit);
    const answer =
      word(sent, ANSWER_BYTES.transmit - 4) === SUCCESS
        ? await next(Math.min(264, word(sent, ANSWER_BYTES.transmit - 8)))
        : undefined;
    await ask(disconnectMessage(card), ANSWER_BYTES.disconnect);
    if (answer === undefined) {
      counts.tooShort += 1;
      return;
    }
    const read = uidOf(answer);
    if ('uid' in read) {
      counts.cards += 1;
      change({ refusal: undefined });
      parts.onCard(read.uid);
    } else {
      counts.refused += 1;
      change({ refusal: read.words });
    }
  };
  const look = async (context: number): Promise<void> => {
    const readers = readReaders(await ask(readersMessage(), ANSWER_BYTES.readers));
    const reader = readers.find(({ name }) => name.includes(parts.wanted));
    change({ presence: reader === undefined ? 'none' : 'ready' });
    if (reader?.present !== true) {
      seen = undefined;
      return;
    }
    if (seen === reader.events) return;
    seen = reader.events;
    await readCard(context, reader.name);
  };
  const watch = async (mine: number): Promise<void> => {
    const version = await ask(versionMessage(), ANSWER_BYTES.version);
    if (word(version, 8) !== SUCCESS || word(version, 0) !== PROTOCOL.major)
      throw new Error(`pcscd speaks version ${String(word(version, 0))}.${String(word(version, 4))}`);
    const established = await ask(establishMessage(), ANSWER_BYTES.establishContext);
    if (word(established, 8) !== SUCCESS) throw new Error('pcscd gives no context');
    const context = word(established, 4);
    const again = async (): Promise<void> => {
      if (mine !== connection) return;
      await look(context);
      if (mine === connection)
        cancelLook = clock.after(LOOK_MS, () => {
          again().catch(restart);
        });
    };
    await again();
  };
  const restart = (): void => {
    // An answer missed or misread: nothing after it can be told apart, so the connection begins anew.
    if (transport.state().name === 'open') transport.discard();
  };
  const forget = (): void => {
    connection += 1;
    cancelLook();
    held = Buffer.alloc(0);
    asking?.done(undefined);
    seen = undefined;
    presence = 'unknown';
  };

  return {
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          held = Buffer.concat([held, chunk]);
          give();
        },
        onState: (state) => {
          forget();
          parts.onChange(state);
          if (state.name === 'open') watch(connection).catch(restart);
        },
      });
    },
    presence: () => presence,
    lastRefusal: () => refusal,
    stats: () => ({ ...counts }),
    stop: async () => {
      forget();
      await transport.stop();
    },
  };
}
