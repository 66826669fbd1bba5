import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CentralStandIn } from './central-stand-in.ts';

/** The central stand-in behind a real HTTP server, for programs of their own. Bad weather cuts the connection. */
export async function serveStandIn(central: CentralStandIn): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      central
        .http({
          method: request.method === 'POST' ? 'POST' : 'GET',
          url: `http://central.test${request.url ?? '/'}`,
          headers,
          body: Buffer.concat(pieces),
          signal: new AbortController().signal,
        })
        .then(
          (answer) => {
            response.writeHead(answer.status, { ...answer.headers, 'content-type': 'application/json' });
            response.end(answer.body);
          },
          () => {
            // The request itself is over; only its connection can still be cut.
            request.socket.destroy();
          },
        );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
