import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A cable that can be pulled: a TCP relay between a hall and central. */
export interface Cable {
  readonly port: number;
  /** `refuse`: connections are reset at once; `swallow`: they hang and no byte passes, as behind a dead router. */
  cut(how: 'refuse' | 'swallow'): void;
  mend(): void;
  /** Bytes relayed in both directions so far. */
  bytes(): number;
  stop(): Promise<void>;
}

/** Relays 127.0.0.1:any -> `target` until it is cut. */
export async function startCable(target: { readonly host: string; readonly port: number }): Promise<Cable> {
  let state: 'whole' | 'refuse' | 'swallow' = 'whole';
  let relayed = 0;
  const sockets = new Set<Socket>();

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A reset on either side ends both; the end users see it as a dropped connection.
    socket.on('error', () => {
      socket.destroy();
    });
  };
  const relay = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      if (state !== 'whole') return;
      relayed += chunk.length;
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('close', () => {
      to.destroy();
    });
    from.on('end', () => to.end());
  };

  const server = createServer((near) => {
    track(near);
    if (state === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target.port, target.host);
    track(far);
    relay(near, far);
    relay(far, near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    cut: (how) => {
      state = how;
      if (how === 'refuse') for (const socket of sockets) socket.resetAndDestroy();
    },
    mend: () => {
      state = 'whole';
      // Half-dead connections from before the cut have lost bytes and must not go on.
      for (const socket of sockets) socket.resetAndDestroy();
    },
    bytes: () => relayed,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
