import { createConnection, type Socket } from 'node:net';
import { createJsonLines } from '../contract/json-lines.ts';
import type { CancelTimer, Clock, Millis, Random, UnixMillis } from '../contract/ports.ts';
import {
  SYNC_LINE_LIMIT,
  SYNC_LINK_VERSION,
  SyncLinkMessage,
  syncLinkMethods,
  type SyncLinkAnswer,
  type SyncLinkAsk,
  type SyncLinkMethod,
} from '../contract/sync-link.ts';
import type { InboxPort, OutboxPort, SyncReportPort } from '../contract/sync-ports.ts';
import type { SyncIdentity } from './signing.ts';

/** The ports of a hall in another process [SN15]. Every call rejects while the hall is away. */
export interface LinkedPorts {
  readonly outbox: OutboxPort;
  readonly inbox: InboxPort;
  readonly report: SyncReportPort;
  /** Valid once `ready` has resolved; the key itself stays in the hall. */
  readonly identity: SyncIdentity;
  readonly heardTime: (central: UnixMillis, roundTrip: Millis) => void;
  /** The hall was reached for the first time. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** The hall is not there, or went while it was asked: nothing is known of what was asked last. */
export class HallAway extends Error {
  override readonly name = 'HallAway';
}

const FIRST_RETRY_MS: Millis = 200;
const LONGEST_RETRY_MS: Millis = 5_000;
/** A hall that takes longer than this for one transaction is not well. */
const ANSWER_LIMIT_MS: Millis = 60_000;

interface Waiting {
  readonly method: SyncLinkMethod;
  end(answer: unknown, failure: Error | undefined): void;
}

/**
 * Connects to the socket in the hall's data folder, and again whenever it is lost, with growing, jittered waits.
 * @param parts.onNews a fact was committed, staff want it tried now, or the hall is back (`back`)
 * @param parts.onTrouble says once why the hall cannot be reached or refuses
 */
export function linkToHall(parts: {
  readonly path: string;
  readonly hall: number;
  readonly clock: Clock;
  readonly random: Random;
  onNews(news: 'facts' | 'now' | 'back'): void;
  onTrouble(reason: string): void;
}): LinkedPorts {
  const { clock } = parts;
  const waiting = new Map<number, Waiting>();
  const ready = Promise.withResolvers<undefined>();
  let socket: Socket | undefined;
  let greeted = false;
  let stopped = false;
  let failures = 0;
  let lastTrouble = '';
  let nextId = 0;
  let cancelRetry: CancelTimer = () => undefined;
  let publicKey = '';
  let keyId: string | undefined;

  function trouble(reason: string): void {
    if (reason !== lastTrouble) parts.onTrouble(reason);
    lastTrouble = reason;
  }

  function connect(): void {
    if (stopped) return;
    const mine = createConnection(parts.path);
    socket = mine;
    const lines = createJsonLines(SYNC_LINE_LIMIT, (value) => {
      hear(mine, value);
    });
    let reason = 'the hall closed the link';
    mine.on('connect', () => {
      void greet(mine);
    });
    mine.on('data', (chunk) => {
      if (!lines.push(chunk)) mine.destroy();
    });
    mine.on('error', (error) => {
      reason = error.message;
    });
    mine.on('close', () => {
      lost(mine, reason);
    });
  }

  async function greet(mine: Socket): Promise<void> {
    try {
      const hello = await ask(mine, 'hello', { version: SYNC_LINK_VERSION, hall: parts.hall });
      publicKey = hello.publicKey;
      keyId = hello.keyId ?? undefined;
      greeted = true;
      failures = 0;
      lastTrouble = '';
      ready.resolve(undefined);
      parts.onNews('back');
    } catch (error) {
      trouble(error instanceof Error ? error.message : String(error));
      mine.destroy();
    }
  }

  function lost(mine: Socket, reason: string): void {
    if (mine !== socket) return;
    socket = undefined;
    greeted = false;
    for (const each of [...waiting.values()]) each.end(undefined, new HallAway(reason));
    if (stopped) return;
    trouble(reason);
    const wait =
      Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10)) *
      (0.5 + parts.random.fraction() / 2);
    failures += 1;
    cancelRetry = clock.after(wait, connect);
  }

  function hear(mine: Socket, value: unknown): void {
    const message = SyncLinkMessage.safeParse(value);
    if (!message.success) {
      mine.destroy();
      return;
    }
    if ('news' in message.data) {
      parts.onNews(message.data.news);
      return;
    }
    const asked = waiting.get(message.data.id);
    if ('refused' in message.data) asked?.end(undefined, new Error(message.data.refused));
    else asked?.end(message.data.answer, undefined);
  }

  function ask<M extends SyncLinkMethod>(
    to: Socket | undefined,
    method: M,
    what: SyncLinkAsk<M>,
  ): Promise<SyncLinkAnswer<M>> {
    if (to === undefined) return Promise.reject(new HallAway('the hall is away'));
    nextId += 1;
    const id = nextId;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(ANSWER_LIMIT_MS, () => {
        to.destroy();
      });
      waiting.set(id, {
        method,
        end: (answer, failure) => {
          cancel();
          waiting.delete(id);
          const parsed = syncLinkMethods[method].answer.safeParse(answer);
          if (failure !== undefined) reject(failure);
          else if (parsed.success) resolve(parsed.data as SyncLinkAnswer<M>);
          else reject(new Error(`the hall answered ${method} with something else`));
        },
      });
      to.write(`${JSON.stringify({ id, method, ask: what })}\n`);
    });
  }

  const call = <M extends SyncLinkMethod>(method: M, what: SyncLinkAsk<M>): Promise<SyncLinkAnswer<M>> =>
    ask(greeted ? socket : undefined, method, what);
  /** For what is told and needs no answer: a hall that is away learns it at the next telling. */
  const tell = <M extends SyncLinkMethod>(method: M, what: SyncLinkAsk<M>): void => {
    call(method, what).catch((error: unknown) => {
      if (!(error instanceof HallAway)) trouble(error instanceof Error ? error.message : String(error));
    });
  };

  connect();
  return {
    outbox: {
      head: () => call('head', {}),
      pending: (limit) => call('pending', { limit }),
      acknowledged: async (epoch, answer) => {
        await call('acknowledged', { epoch, answer });
      },
      waiting: () => call('waiting', {}),
    },
    inbox: {
      position: async () => (await call('position', {})) ?? undefined,
      apply: (page) => call('apply', { page }),
      replace: (snapshot) => call('replace', { snapshot }),
      records: () => call('records', {}),
    },
    report: {
      report: (view) => {
        tell('report', { view });
      },
      alarm: (kind, detail) => {
        tell('alarm', { kind, detail });
      },
    },
    identity: {
      get publicKey() {
        return publicKey;
      },
      keyId: () => keyId,
      sign: async (message) => {
        const { signature } = await call('sign', { message: Buffer.from(message).toString('base64') });
        return new Uint8Array(Buffer.from(signature, 'base64'));
      },
      enrolled: async (given) => {
        await call('enrolled', { keyId: given });
        keyId = given;
      },
    },
    heardTime: (central, roundTrip) => {
      tell('heardTime', { central, roundTrip });
    },
    ready: ready.promise,
    stop: () => {
      stopped = true;
      cancelRetry();
      socket?.destroy();
    },
  };
}
