import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createJsonLines } from '../../contract/json-lines.ts';
import type { Millis, UnixMillis } from '../../contract/ports.ts';
import {
  SYNC_LINE_LIMIT,
  SYNC_LINK_VERSION,
  SYNC_SOCKET,
  SyncLinkRequest,
  syncLinkMethods,
  type SyncLinkAnswer,
  type SyncLinkAsk,
  type SyncLinkMessage,
  type SyncLinkMethod,
} from '../../contract/sync-link.ts';
import type { InboxPort, OutboxPort, SyncReportPort } from '../../contract/sync-ports.ts';
import type { Log } from '../ports.ts';

/** The hall's sync ports for a sync process of its own [SY13]. */
export interface SyncLink {
  /** Opens the socket in the data folder. @throws when the path is too long for one. */
  listen(): Promise<void>;
  /** A sync process is there and has said hello. */
  connected(): boolean;
  /** Tells it that a fact was committed, or that staff want central tried at once. */
  tell(news: 'facts' | 'now'): void;
  close(): Promise<void>;
}

export interface SyncLinkParts {
  readonly hall: number;
  readonly dataDir: string;
  readonly outbox: OutboxPort;
  readonly inbox: InboxPort;
  readonly report: SyncReportPort;
  readonly identity: {
    readonly publicKey: string;
    sign(message: Uint8Array): Uint8Array;
    keyId(): string | undefined;
    enrolled(keyId: string): void;
  };
  readonly heardTime: (central: UnixMillis, roundTrip: Millis) => void;
  readonly log: Log;
}

/** Longest path of a Unix socket on Linux, in bytes. */
const LONGEST_SOCKET_PATH = 107;
/** A signature base is method, path, query, digest and parameters: never this long. */
const LONGEST_SIGNATURE_BASE = 8 * 1024;

type Handlers = {
  readonly [M in SyncLinkMethod]: (ask: SyncLinkAsk<M>) => Promise<SyncLinkAnswer<M>> | SyncLinkAnswer<M>;
};

export function createSyncLink(parts: SyncLinkParts): SyncLink {
  const { outbox, inbox, report, identity, log } = parts;
  const path = join(parts.dataDir, SYNC_SOCKET);
  const sockets = new Set<Socket>();
  let holder: Socket | undefined;

  const handlers: Handlers = {
    hello: ({ version, hall }) => {
      if (version !== SYNC_LINK_VERSION)
        throw new Error(
          `this hall speaks version ${String(SYNC_LINK_VERSION)} of the link, not ${String(version)}`,
        );
      if (hall !== parts.hall) throw new Error(`this is hall ${String(parts.hall)}, not ${String(hall)}`);
      return { publicKey: identity.publicKey, keyId: identity.keyId() ?? null };
    },
    head: () => outbox.head(),
    pending: async ({ limit }) => {
      const { epoch, facts } = await outbox.pending(limit);
      return { epoch, facts: [...facts] };
    },
    acknowledged: async ({ epoch, answer }) => {
      await outbox.acknowledged(epoch, answer);
      return null;
    },
    waiting: () => outbox.waiting(),
    position: async () => (await inbox.position()) ?? null,
    apply: ({ page }) => inbox.apply(page),
    replace: ({ snapshot }) => inbox.replace(snapshot),
    records: async () => {
      const records = await inbox.records();
      return Object.fromEntries(Object.entries(records).map(([type, rows]) => [type, [...rows]]));
    },
    sign: ({ message }) => {
      const bytes = Buffer.from(message, 'base64');
      if (!isSignatureBase(bytes)) throw new Error('only requests of the sync protocol are signed');
      return { signature: Buffer.from(identity.sign(bytes)).toString('base64') };
    },
    enrolled: ({ keyId }) => {
      identity.enrolled(keyId);
      return null;
    },
    report: ({ view }) => {
      report.report(view);
      return null;
    },
    alarm: ({ kind, detail }) => {
      report.alarm(kind, detail);
      return null;
    },
    heardTime: ({ central, roundTrip }) => {
      parts.heardTime(central, roundTrip);
      return null;
    },
  };

  async function answer<M extends SyncLinkMethod>(method: M, value: unknown): Promise<unknown> {
    const ask = syncLinkMethods[method].ask.safeParse(value);
    if (!ask.success)
      throw new Error(`${method}: ${ask.error.issues.map((issue) => issue.message).join('; ')}`);
    const handler: (ask: SyncLinkAsk<M>) => unknown = handlers[method];
    return handler(ask.data as SyncLinkAsk<M>);
  }

  function send(socket: Socket, message: SyncLinkMessage): void {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  }

  async function take(socket: Socket, value: unknown): Promise<void> {
    const request = SyncLinkRequest.safeParse(value);
    if (!request.success) {
      log.warn({}, 'the sync process said something that is not of the link; it was cut off');
      socket.destroy();
      return;
    }
    const { id, method, ask } = request.data;
    try {
      if (method === 'hello') {
        if (holder !== undefined && holder !== socket) throw new Error('another sync process is at work');
      } else if (socket !== holder) {
        throw new Error('hello comes first');
      }
      const answered = await answer(method, ask);
      if (method === 'hello') {
        holder = socket;
        log.info({}, 'a sync process carries the facts');
      }
      send(socket, { id, answer: answered });
    } catch (error) {
      // A refusal by a port is the caller's to deal with, exactly as inside one process.
      send(socket, { id, refused: error instanceof Error ? error.message : String(error) });
    }
  }

  function accept(socket: Socket): void {
    sockets.add(socket);
    let turn: Promise<void> = Promise.resolve();
    const lines = createJsonLines(SYNC_LINE_LIMIT, (value) => {
      // In the order of asking: an acknowledgement must not overtake the page before it.
      turn = turn.then(() => take(socket, value));
    });
    socket.on('data', (chunk) => {
      if (!lines.push(chunk)) socket.destroy();
    });
    socket.on('error', (error) => {
      log.warn({ error: error.message }, 'the link to the sync process broke');
    });
    socket.on('close', () => {
      sockets.delete(socket);
      if (socket !== holder) return;
      holder = undefined;
      log.warn({}, 'the sync process is gone; facts wait here');
      report.report({
        central: 'offline',
        lastContactAt: null,
        nextTryAt: null,
        trouble: 'sync-process-missing',
      });
    });
  }

  let server: Server | undefined;
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
          reject(new Error(`${path} is too long for a socket; choose a shorter data folder`));
          return;
        }
        // The data folder is locked by this process: a socket that is still there is a dead one's.
        rmSync(path, { force: true });
        const opened = createServer(accept);
        server = opened;
        opened.once('error', reject);
        opened.listen(path, () => {
          chmodSync(path, 0o600);
          resolve();
        });
      }),
    connected: () => holder !== undefined,
    tell: (news) => {
      if (holder !== undefined) send(holder, { news });
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        if (server === undefined) resolve();
        else
          server.close(() => {
            resolve();
          });
      }),
  };
}

/** RFC 9421, 2.5: a line a component; anything else could be made to mean something elsewhere [SY14]. */
function isSignatureBase(bytes: Uint8Array): boolean {
  if (bytes.length > LONGEST_SIGNATURE_BASE) return false;
  const names = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => /^"([^"]+)": /.exec(line)?.[1]);
  return SIGNED.every((name, index) => names[index] === name) && names.length === SIGNED.length;
}
const SIGNED = ['@method', '@path', '@query', 'content-digest', 'uh-protocol', '@signature-params'];
