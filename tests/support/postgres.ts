import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A PostgreSQL of this test's own: Debian's programs, a fresh cluster, a free port on loopback. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it; as root the server runs as the user `postgres`, because it refuses to be root. Throws when PostgreSQL is not installed. */
export async function startPostgres(): Promise<TestPostgres> {
  const version = readdirSync('/usr/lib/postgresql')
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  if (version === undefined) throw new Error('PostgreSQL is not installed');
  const bin = join('/usr/lib/postgresql', version, 'bin');
  const dir = mkdtempSync(join(tmpdir(), 'pg-'));
  const asRoot = userInfo().uid === 0;
  const postgres = async (program: string, args: readonly string[]): Promise<string> => {
    const command = [join(bin, program), ...args];
    const { stdout } = asRoot
      ? await run('setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', '--', ...command], {
          cwd: dir,
        })
      : await run(command[0] ?? '', command.slice(1), { cwd: dir });
    return stdout;
  };
  if (asRoot) {
    const { stdout: uid } = await run('id', ['-u', 'postgres']);
    const { stdout: gid } = await run('id', ['-g', 'postgres']);
    chownSync(dir, Number(uid), Number(gid));
  }
  const data = join(dir, 'data');
  await postgres('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale']);
  const port = await freePort();
  await postgres('pg_ctl', [
    '-D',
    data,
    '-o',
    `-p ${String(port)} -k ${dir} -c listen_addresses=127.0.0.1`,
    '-l',
    join(dir, 'log'),
    '-w',
    'start',
  ]);
  return {
    url: `postgres://postgres@127.0.0.1:${String(port)}/postgres`,
    stop: async () => {
      await postgres('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop']);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
