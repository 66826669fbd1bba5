import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayStoreRefused, openGatewayStore } from '../../../devices/gateway.store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const command = (id: string, device = 'bank-1') => ({ device, id, name: 'unlock', compartment: 12 });

describe('the gateway store', () => {
  test('[DV6] [DV16] an id is new once, for ever, also after reopening; another device may use it', () => {
    const first = openGatewayStore(folder);
    expect(first.accept(command('a'), 1_000)).toBe('new');
    expect(first.accept(command('a'), 1_000)).toEqual({ outcome: undefined });
    first.close();
    const second = openGatewayStore(folder);
    expect(second.accept(command('a'), 1_000)).toEqual({ outcome: undefined });
    expect(second.accept(command('a', 'bank-2'), 1_000)).toBe('new');
    expect(second.unfinished('bank-1')).toEqual([command('a')]);
    second.close();
  });

  test('[DV6] [DV19] a command ends once, and its outcome waits for the acknowledgement', () => {
    const store = openGatewayStore(folder);
    store.accept(command('a'), 1_000);
    expect(store.finish('bank-1', 'a', '{"outcome":"done"}')).toBe(true);
    expect(store.finish('bank-1', 'a', '{"outcome":"failed"}')).toBe(false);
    expect(store.finish('bank-1', 'never-seen', '{}')).toBe(false);
    expect(store.accept(command('a'), 1_000)).toEqual({ outcome: '{"outcome":"done"}' });
    expect(store.unfinished('bank-1')).toEqual([]);
    const [row, ...more] = store.waiting('bank-1', 0, 10);
    expect(row).toMatchObject({ channel: 'outcome', payload: '{"outcome":"done"}' });
    expect(more).toEqual([]);
    store.acknowledged(row?.seq ?? -1);
    expect(store.waiting('bank-1', 0, 10)).toEqual([]);
    store.close();
  });

  test('[DV19] events wait in order, by device, and survive reopening', () => {
    const first = openGatewayStore(folder);
    for (const text of ['1', '2', '3']) first.keep('bank-1', 'event', text);
    first.keep('scanner-1', 'event', 'other');
    first.close();
    const second = openGatewayStore(folder);
    const rows = second.waiting('bank-1', 0, 2);
    expect(rows.map((row) => row.payload)).toEqual(['1', '2']);
    expect(second.waiting('bank-1', rows[1]?.seq ?? 0, 2).map((row) => row.payload)).toEqual(['3']);
    second.close();
  });

  test('[DV19] a full box turns events away and says so, never outcomes', () => {
    const store = openGatewayStore(folder, 2);
    expect([
      store.keep('bank-1', 'event', '1'),
      store.keep('bank-1', 'event', '2'),
      store.keep('bank-1', 'event', '3'),
    ]).toEqual([true, true, false]);
    store.accept(command('a'), 1_000);
    expect(store.finish('bank-1', 'a', 'end')).toBe(true);
    for (const row of store.waiting('bank-1', 0, 10)) store.acknowledged(row.seq);
    expect(store.keep('bank-1', 'event', '4')).toBe(true);
    store.close();
  });

  test('[DV6] only ended commands that expired long ago are forgotten', () => {
    const store = openGatewayStore(folder);
    store.accept(command('old-ended'), 1_000);
    store.accept(command('old-running'), 1_000);
    store.accept(command('new-ended'), 9_000);
    store.finish('bank-1', 'old-ended', 'end');
    store.finish('bank-1', 'new-ended', 'end');
    expect(store.prune(5_000)).toBe(1);
    expect(store.accept(command('new-ended'), 9_000)).toEqual({ outcome: 'end' });
    expect(store.unfinished('bank-1').map((row) => row.id)).toEqual(['old-running']);
    store.close();
  });

  test('[DV16] one gateway a folder, and a damaged file is refused by name', () => {
    const store = openGatewayStore(folder);
    expect(() => openGatewayStore(folder)).toThrow(GatewayStoreRefused);
    expect(() => openGatewayStore(folder)).toThrow(/in use by another gateway/);
    store.close();
    writeFileSync(
      join(folder, 'gateway.db'),
      'not a database, but long enough to be looked at as one by any reader of its header',
    );
    expect(() => openGatewayStore(folder)).toThrow(GatewayStoreRefused);
  });
});
