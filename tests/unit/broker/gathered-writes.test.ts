import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { writeGatherer } from '../../../broker/gathered-writes.ts';
import { sleep } from '../../../contract/ports.ts';
import { systemClock } from '../../../platform/system.ts';

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

/** Both ends of a connection; `calls` are the writes that reach the near socket itself. */
async function pair(): Promise<{ near: Socket; far: Socket; calls: number[] }> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  server.close();
  open.push(near, far);
  far.on('error', () => undefined);
  const calls: number[] = [];
  const write = near.write.bind(near) as (...args: unknown[]) => boolean;
  near.write = (...args: unknown[]): boolean => {
    calls.push((args[0] as string | Uint8Array).length);
    return write(...args);
  };
  writeGatherer()(near);
  return { near, far, calls };
}

async function everything(far: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of far) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('gathered writes', () => {
  test('[BR50] the small writes of one turn are one write, in their order', async () => {
    const { near, far, calls } = await pair();
    for (const piece of [Buffer.from([0x30]), 'bench/工会', Buffer.from('a longer payload'), '!'])
      expect(near.write(piece)).toBe(true);
    expect(calls).toEqual([]);
    const [first] = (await once(far, 'data')) as [Buffer];
    expect(first.toString()).toBe('0bench/工会a longer payload!');
    expect(calls).toHaveLength(1);
  });

  test('[BR50] large chunks and full pieces keep their place', async () => {
    const { near, far } = await pair();
    const parts = Array.from({ length: 400 }, (_, index) =>
      Buffer.alloc(index % 50 === 0 ? 20_000 : 1 + ((index * 37) % 900), index),
    );
    const got = everything(far);
    for (const part of parts) near.write(part);
    near.end();
    expect((await got).equals(Buffer.concat(parts))).toBe(true);
  });

  test.each(['end', 'destroy'] as const)('[BR50] %s sends first what is gathered', async (how) => {
    const { near, far } = await pair();
    const got = everything(far);
    near.write('CONNACK with a refusal');
    near[how]();
    expect((await got).toString()).toBe('CONNACK with a refusal');
  });

  test('[BR50] a full socket says so, and says when it has room again; what waits stays right though pieces are used again', async () => {
    const { near, far } = await pair();
    far.pause();
    let sent = 0;
    let room = true;
    for (let turn = 0; turn < 2_000 && room; turn += 1) {
      for (let index = 0; index < 40; index += 1, sent += 1) {
        const chunk = Buffer.alloc(1_000, 0x20);
        chunk.writeUInt32BE(sent);
        room = near.write(chunk);
      }
      await sleep(systemClock, 0);
    }
    expect(room).toBe(false);
    const drained = once(near, 'drain');
    const got = everything(far);
    await drained;
    expect(near.write(Buffer.alloc(0))).toBe(true);
    near.end();
    const bytes = await got;
    expect(bytes.length).toBe(sent * 1_000);
    for (let index = 0; index < sent; index += 1) expect(bytes.readUInt32BE(index * 1_000)).toBe(index);
  });
});
