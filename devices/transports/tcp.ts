import { createConnection, type Socket } from 'node:net';
import type { Millis } from '../../contract/ports.ts';
import type { OpenPort } from './reopening.ts';

const CONNECT_MS: Millis = 3_000;

/** A board behind a serial-to-network unit (KERONG KR-BU and others): the same bytes over TCP. */
export function tcpPort(host: string, port: number): OpenPort {
  return socketPort(
    () => createConnection({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 }),
    host,
  );
}

/** A program of this machine, e.g. pcscd, by the path of its socket. */
export function localSocket(path: string): OpenPort {
  return socketPort(() => createConnection({ path }), path);
}

function socketPort(connect: () => Socket, name: string): OpenPort {
  return (events) =>
    new Promise((resolve, reject) => {
      const socket = connect();
      let open = false;
      let reason = 'closed by the other side';
      // A pulled network cable answers nothing at all: not waited for longer than a person would.
      socket.setTimeout(CONNECT_MS, () => {
        reason = `no answer from ${name}`;
        if (!open) socket.destroy();
      });
      socket.on('data', (chunk) => {
        events.onBytes(chunk);
      });
      socket.on('error', (error) => {
        reason = error.message;
      });
      socket.on('close', () => {
        if (open) events.onClosed(reason);
        else reject(new Error(reason));
      });
      socket.on('connect', () => {
        open = true;
        socket.setTimeout(0);
        resolve({
          write: (bytes) =>
            new Promise((written, failed) => {
              socket.write(bytes, (error) => {
                if (error) failed(error);
                else written();
              });
            }),
          // Bytes waiting in the system's send buffer would leave when the network comes back: reset drops them [DV8].
          discard: () => {
            reason = 'taken back';
            // Only TCP knows a reset.
            if (socket.remoteAddress === undefined) socket.destroy();
            else socket.resetAndDestroy();
          },
          close: () =>
            new Promise((closed) => {
              socket.once('close', () => {
                closed();
              });
              socket.destroy();
            }),
        });
      });
    });
}
