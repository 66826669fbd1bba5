import { chmodSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createJsonLines } from '../contract/json-lines.ts';
import { AdminAnswer, AdminRequest, administer } from './administration.ts';
import type { Broker } from './broker.ts';

/**
 * The door for `npm run broker -- COMMAND` while the broker runs: a Unix socket in the data folder,
 * for its owner only. One JSON line asks, one answers.
 */
const SOCKET = 'broker.sock';
const LINE_LIMIT = 64 * 1024;
/** Longest path of a Unix socket on Linux, in bytes. */
const LONGEST_PATH = 107;

export interface Control {
  close(): Promise<void>;
}

/** Opens the door. A data folder whose path is too long for a socket has none: commands then need the broker stopped. */
export async function openControl(broker: Broker, dataDir: string): Promise<Control> {
  const path = join(dataDir, SOCKET);
  if (Buffer.byteLength(path) > LONGEST_PATH) return { close: () => Promise.resolve() };
  const sockets = new Set<Socket>();
  // One after another: two rotations at once would be one too many.
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
    });
    const answer = (value: AdminAnswer): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(value)}\n`);
    };
    const lines = createJsonLines(LINE_LIMIT, (value) => {
      const request = AdminRequest.safeParse(value);
      if (!request.success) {
        answer({ error: request.error.issues.map((issue) => issue.message).join('; ') });
        return;
      }
      last = last
        .then(() => administer(broker, request.data))
        .then(answer, (error: unknown) => {
          answer({ error: error instanceof Error ? error.message : String(error) });
        });
    });
    socket.on('data', (chunk: Buffer) => {
      if (!lines.push(chunk)) socket.destroy();
    });
  });
  // The data folder is locked by this process: a socket that lies there is of one that is gone.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Asks the running broker of a data folder; undefined when none runs there. @throws when it answers nothing sensible. */
export function askRunning(dataDir: string, request: AdminRequest): Promise<AdminAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(join(dataDir, SOCKET));
    let answered = false;
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    socket.once('close', () => {
      if (!answered) reject(new Error('the broker closed the connection without an answer'));
    });
    const lines = createJsonLines(LINE_LIMIT, (value) => {
      answered = true;
      socket.end();
      const answer = AdminAnswer.safeParse(value);
      if (answer.success) resolve(answer.data);
      else reject(new Error('the broker gave an answer of another version'));
    });
    socket.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    socket.once('connect', () => {
      socket.write(`${JSON.stringify(request)}\n`);
    });
  });
}
