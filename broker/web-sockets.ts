import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, createWebSocketStream } from 'ws';
import type { Admission } from './admission.ts';
import { count } from './counters.ts';
import type { BrokerCounters } from './counters.ts';

/** MQTT in WebSocket frames, for pages: clause 6 of MQTT 3.1.1. */
export interface WebSockets {
  /** Takes over an upgraded connection whose Host and Origin were proved by the HTTP server it came to. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): void;
}

const PROTOCOL = 'mqtt';
/** WebSocket closing codes (RFC 6455, 7.4.1). */
const UNSUPPORTED_DATA = 1003;

export function createWebSockets(options: {
  readonly admission: Pick<Admission, 'admit'>;
  readonly counters: BrokerCounters;
  /** Largest frame: what a page may send is a CONNECT, a SUBSCRIBE, a PINGREQ. */
  readonly frameBytes: number;
  readonly handle: (stream: Duplex, address: string) => void;
}): WebSockets {
  const { admission, counters } = options;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.frameBytes,
    perMessageDeflate: false,
    // Only ever asked when PROTOCOL is among those offered: see `accept`.
    handleProtocols: () => PROTOCOL,
  });
  return {
    accept(request, raw, head) {
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
      if (!offered.includes(PROTOCOL)) {
        count(counters.refusedBy, 'websocket-protocol');
        raw.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      // The socket of an HTTP server: caps and rates hold for it as for every other.
      if (!admission.admit(raw as Socket)) return;
      server.handleUpgrade(request, raw, head, (socket) => {
        socket.on('message', (_data, isBinary) => {
          if (!isBinary) socket.close(UNSUPPORTED_DATA);
        });
        const stream = createWebSocketStream(socket);
        // aedes listens later; an error before that must not end the process.
        stream.on('error', () => undefined);
        options.handle(stream, request.socket.remoteAddress ?? '');
      });
    },
    stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
