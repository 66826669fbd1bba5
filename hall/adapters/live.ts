import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { LiveMessage } from '../../contract/hall-api.ts';
import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { Caller } from '../handlers.ts';
import type { Live } from '../ports.ts';

/** A page that has not answered by the next beat is gone. */
const BEAT_MS: Millis = 20_000;
/** Bytes that may wait for a page that reads slowly. */
export const LONGEST_BACKLOG = 256 * 1024;
const MOST_PAGES = 200;

interface Page {
  readonly socket: WebSocket;
  readonly caller: Caller;
  /** Asked again at every beat: a session that ended ends its live view. */
  readonly stillAllowed: () => boolean;
  answered: boolean;
}

export interface LiveHub extends Live {
  /** Takes over an upgraded connection whose identity and origin were proved. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    caller: Caller,
    stillAllowed: () => boolean,
  ): void;
  pages(): number;
  start(): void;
  stop(): void;
}

type Topic = Extract<LiveMessage, { type: 'changed' }>['topics'][number];

/** Live views of all open pages [HT8]: pages only listen; one that cannot keep up is closed, never waited for. */
export function createLiveHub(clock: Clock, version: string): LiveHub {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  const pages = new Set<Page>();
  let waiting: Set<Topic> | undefined;
  let cancel: CancelTimer = () => undefined;

  const write = (page: Page, text: string): void => {
    if (page.socket.readyState !== page.socket.OPEN) return;
    if (page.socket.bufferedAmount > LONGEST_BACKLOG) {
      page.socket.terminate();
      return;
    }
    page.socket.send(text);
  };
  const beat = (): void => {
    for (const page of pages) {
      if (!page.answered) {
        page.socket.terminate();
      } else if (!page.stillAllowed()) {
        page.socket.close(4401, 'signed out');
      } else {
        page.answered = false;
        page.socket.ping();
      }
    }
    cancel = clock.after(BEAT_MS, beat);
  };

  return {
    accept: (request, raw, head, caller, stillAllowed) => {
      if (pages.size >= MOST_PAGES) {
        raw.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, raw, head, (socket) => {
        const page: Page = { socket, caller, stillAllowed, answered: true };
        pages.add(page);
        socket.on('pong', () => {
          page.answered = true;
        });
        socket.on('close', () => {
          pages.delete(page);
        });
        socket.on('error', () => {
          socket.terminate();
        });
        write(
          page,
          JSON.stringify({ type: 'hello', version, now: toInstant(clock.now()) } satisfies LiveMessage),
        );
      });
    },
    changed: (...topics) => {
      if (waiting !== undefined) {
        for (const topic of topics) waiting.add(topic);
        return;
      }
      const batch = new Set<Topic>(topics);
      waiting = batch;
      // One transaction may touch many things: pages hear of them once.
      queueMicrotask(() => {
        waiting = undefined;
        const text = JSON.stringify({ type: 'changed', topics: [...batch] } satisfies LiveMessage);
        for (const page of pages) write(page, text);
      });
    },
    send: (kiosk, message) => {
      const text = JSON.stringify(message);
      for (const page of pages) {
        if (kiosk === undefined || (page.caller.kind === 'kiosk' && page.caller.id === kiosk))
          write(page, text);
      }
    },
    pages: () => pages.size,
    start: () => {
      cancel = clock.after(BEAT_MS, beat);
    },
    stop: () => {
      cancel();
      for (const page of pages) page.socket.terminate();
      server.close();
    },
  };
}
