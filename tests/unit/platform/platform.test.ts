import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HallConfig } from '../../../contract/config.ts';
import { loadConfig, parseConfig } from '../../../platform/config.ts';
import { DataFolderBusy, lockDataFolder } from '../../../platform/data-lock.ts';
import { checkDemoMark, DemoRefused } from '../../../platform/demo-mark.ts';
import { startParts } from '../../../platform/lifecycle.ts';
import type { Part } from '../../../platform/lifecycle.ts';
import { createLogger } from '../../../platform/log.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'platform-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const small = { hall: 1, name: { zh: '厅', en: 'Hall' }, dataDir: 'd' };

describe('configuration', () => {
  const parse = (value: unknown, environment: Record<string, string> = {}) =>
    parseConfig(HallConfig, value, { source: 'hall.json', prefix: 'HALL', environment });

  it('[ST11] names the path of an unknown key and the nearest known one', () => {
    expect(() => parse({ ...small, http: { prot: 1 } })).toThrow(
      'hall.json: http.prot: unknown key; did you mean "port"?',
    );
    expect(() => parse({ ...small, kioks: [] })).toThrow('kioks: unknown key; did you mean "kiosks"?');
    expect(() =>
      parse({
        ...small,
        devices: [{ id: 'a', definition: 'x', transport: { kind: 'serial', path: '/dev/x', baud: 1 } }],
      }),
    ).toThrow('devices[0].transport.baud');
  });

  it('[ST11] the environment overrides single values and leaves strangers alone', () => {
    const config = parse(small, {
      HALL_HTTP_PORT: '0',
      HALL_DATA_DIR: '/x',
      HALL_DEMO: 'true',
      HALL_SOMETHING_ELSE: '1',
      OTHER: '1',
    });
    expect([config.http.port, config.dataDir, config.demo]).toEqual([0, '/x', true]);
  });

  it('[ST11] says what is wrong with a file', () => {
    expect(() => loadConfig(HallConfig, join(folder, 'none.json'), 'HALL', {})).toThrow('cannot be read');
    writeFileSync(join(folder, 'bad.json'), '{');
    expect(() => loadConfig(HallConfig, join(folder, 'bad.json'), 'HALL', {})).toThrow('not JSON');
  });
});

describe('data folder', () => {
  it('[ST12] belongs to one process; released, or left by a dead one, it is free', () => {
    const release = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(DataFolderBusy);
    release();
    lockDataFolder(folder)();
    const lockModule = new URL('../../../platform/data-lock.ts', import.meta.url).href;
    const child = spawnSync(process.execPath, [
      '--input-type=module',
      '-e',
      `import { lockDataFolder } from ${JSON.stringify(lockModule)}; lockDataFolder(${JSON.stringify(folder)}); process.kill(process.pid, 'SIGKILL');`,
    ]);
    expect(child.signal).toBe('SIGKILL');
    lockDataFolder(folder)();
  });

  it('[ST13] demo only on loopback and only in a folder of its own', () => {
    const fresh = join(folder, 'demo');
    expect(() => {
      checkDemoMark({ dataDir: fresh, demo: true, hosts: ['0.0.0.0'] });
    }).toThrow(DemoRefused);
    expect(existsSync(join(fresh, 'DEMO'))).toBe(false);
    checkDemoMark({ dataDir: fresh, demo: true, hosts: ['127.0.0.1', '::1', 'localhost'] });
    checkDemoMark({ dataDir: fresh, demo: true, hosts: ['127.0.0.1'] });
    expect(() => {
      checkDemoMark({ dataDir: fresh, demo: false, hosts: ['127.0.0.1'] });
    }).toThrow('holds demo data');
    writeFileSync(join(folder, 'hall.db'), 'real');
    expect(() => {
      checkDemoMark({ dataDir: folder, demo: true, hosts: ['127.0.0.1'] });
    }).toThrow('never touches real data');
  });
});

describe('life', () => {
  const silent = createLogger('test', 'silent');
  const part = (name: string, log: string[], over: Partial<Part> = {}): Part => ({
    name,
    start: () => {
      log.push(`+${name}`);
    },
    stop: () => {
      log.push(`-${name}`);
    },
    ...over,
  });

  it('[ST14] starts in order and stops in reverse, once', async () => {
    const log: string[] = [];
    const stop = await startParts([part('a', log), part('b', log)], createVirtualClock(), silent);
    expect(await stop()).toBe(true);
    expect(await stop()).toBe(true);
    expect(log).toEqual(['+a', '+b', '-b', '-a']);
  });

  it('[ST14] a failed start stops what had started and names the part', async () => {
    const log: string[] = [];
    const failing = part('b', log, { start: () => Promise.reject(new Error('port taken')) });
    await expect(
      startParts([part('a', log), failing, part('c', log)], createVirtualClock(), silent),
    ).rejects.toThrow('b: port taken');
    expect(log).toEqual(['+a', '-a']);
  });

  it('[ST14] a stop that hangs ends at its limit', async () => {
    const clock = createVirtualClock();
    const stop = await startParts(
      [part('a', [], { stop: () => new Promise<void>(() => undefined) })],
      clock,
      silent,
      3000,
    );
    const stopping = stop();
    clock.advance(3001);
    expect(await stopping).toBe(false);
  });

  it('[ST15] logs cut personal data and secrets, at the top and one level down', () => {
    const lines: string[] = [];
    const log = createLogger('test', 'info', (line) => lines.push(line));
    log.info(
      { mobile: '13800000001', member: { phoneLast4: '0001' }, digits: '12345678', compartment: 12 },
      'rented',
    );
    expect(lines).toHaveLength(1);
    for (const secret of ['13800000001', '0001', '12345678']) expect(lines[0]).not.toContain(secret);
    expect(lines[0]).toContain('"compartment":12');
  });
});
