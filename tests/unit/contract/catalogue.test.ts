import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { centralRoutes } from '../../../contract/central-api.ts';
import { GatewayConfig, HallConfig } from '../../../contract/config.ts';
import { factHash, FIRST_PREV_HASH } from '../../../contract/facts.ts';
import { checksumBuckets } from '../../../contract/feed.ts';
import { hallRoutes } from '../../../contract/hall-api.ts';
import { openApi } from '../../../contract/http.ts';
import { Problem, refusalCodes, refusals, sentence, toProblem } from '../../../contract/refusals.ts';
import { accessTable, deviceTopic, parseDeviceTopic } from '../../../contract/topics.ts';

const sha256 = (text: string): string =>
  execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: text }).toString().slice(0, 64);

describe('facts', () => {
  it('[CT7] hashes the canonical form, written out by hand', () => {
    const fact = {
      seq: 1,
      id: '018f5d2e-7b7a-7c3e-8a55-0123456789ab',
      type: 'epoch.started',
      version: 1,
      occurredAt: '2026-11-24T00:00:00.000Z',
      clock: 'free' as const,
      prevHash: FIRST_PREV_HASH,
      body: { previousHash: 'é', previousEpoch: 0 },
    };
    const canonical = `{"body":{"previousEpoch":0,"previousHash":"é"},"clock":"free","epoch":3,"id":"018f5d2e-7b7a-7c3e-8a55-0123456789ab","occurredAt":"2026-11-24T00:00:00.000Z","prevHash":"${'0'.repeat(64)}","seq":1,"type":"epoch.started","version":1}`;
    expect(factHash(3, fact)).toBe(sha256(canonical));
  });
});

describe('checksums', () => {
  it('[CT8] are lines sorted by id bytes, per bucket of the hash of the id', () => {
    const ids = ['a', 'B', 'é', 'z1', 'z2', '会'];
    const sums = checksumBuckets(ids.map((id, index) => ({ id, version: index + 1 })));
    const byBucket = new Map<string, string[]>();
    for (const [index, id] of ids.entries()) {
      const bucket = sha256(id).slice(0, 2);
      byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), `${id}\t${String(index + 1)}\n`]);
    }
    for (const [bucket, lines] of byBucket) {
      const sorted = lines.sort((x, y) =>
        Buffer.compare(Buffer.from(x.split('\t')[0] ?? ''), Buffer.from(y.split('\t')[0] ?? '')),
      );
      expect(sums[bucket]).toEqual({ count: lines.length, sha256: sha256(sorted.join('')) });
    }
    expect(Object.values(sums).reduce((sum, each) => sum + each.count, 0)).toBe(ids.length);
  });
});

describe('topics', () => {
  it('[CT9] a device may use its own topics only', () => {
    const rights = accessTable(7, { kind: 'device', device: 'bank-1' });
    expect(rights.subscribe).toEqual(['hall/7/dev/bank-1/cmd', 'hall/7/time']);
    expect(
      rights.publish.every((topic) => topic.startsWith('hall/7/dev/bank-1/') && !topic.endsWith('/cmd')),
    ).toBe(true);
    expect(rights.retain).toEqual(['hall/7/dev/bank-1/state', 'hall/7/dev/bank-1/availability']);
    expect(accessTable(7, { kind: 'hall' }).retain.some((topic) => topic.endsWith('/cmd'))).toBe(false);
  });

  it('[CT9] a topic names a device only in its exact form', () => {
    expect(parseDeviceTopic(7, deviceTopic(7, 'bank-1', 'cmd'))).toEqual({
      device: 'bank-1',
      channel: 'cmd',
    });
    for (const wrong of [
      'hall/8/dev/bank-1/cmd',
      'hall/7/dev/Bank/cmd',
      'hall/7/dev/bank-1/cmd/x',
      'hall/7/dev/bank-1/open',
      'hall/07/dev/bank-1/cmd',
      'x/7/dev/bank-1/cmd',
    ]) {
      expect(parseDeviceTopic(7, wrong), wrong).toBeUndefined();
    }
  });
});

describe('refusals', () => {
  it('[CT10] every one speaks both languages and becomes problem details', () => {
    for (const code of refusalCodes) {
      const { zh, en } = refusals[code].words;
      expect(zh, code).toMatch(/[一-鿿]/);
      expect(en, code).toMatch(/^[\x20-\x7e]+$/);
      expect([...zh.matchAll(/\{\w+\}/g)].map(String).sort(), code).toEqual(
        [...en.matchAll(/\{\w+\}/g)].map(String).sort(),
      );
      expect(Problem.parse(toProblem({ code })).code).toBe(code);
    }
    expect(sentence({ code: 'too-many-tries', params: { minutes: 15 } }, 'en')).toBe(
      'Too many tries. Please wait 15 minutes.',
    );
  });
});

describe('OpenAPI', () => {
  it('[CT11] names every route of both servers', () => {
    for (const routes of [hallRoutes, centralRoutes]) {
      const document = JSON.parse(JSON.stringify(openApi('hall', '0', routes))) as {
        openapi: string;
        paths: Record<string, Record<string, { operationId: string }>>;
      };
      expect(document.openapi).toBe('3.1.0');
      const named = Object.values(document.paths).flatMap((path) =>
        Object.values(path).map((operation) => operation.operationId),
      );
      expect(named.sort()).toEqual(Object.keys(routes).sort());
    }
  });
});

describe('configuration', () => {
  it('[CT12] refuses an unknown key with its path', () => {
    const wrong = HallConfig.safeParse({
      hall: 1,
      name: { zh: '厅', en: 'Hall' },
      dataDir: 'data',
      http: { prot: 1 },
    });
    expect(wrong.success).toBe(false);
    expect(wrong.error?.issues[0]).toMatchObject({
      code: 'unrecognized_keys',
      keys: ['prot'],
      path: ['http'],
    });
    expect(HallConfig.parse({ hall: 1, name: { zh: '厅', en: 'Hall' }, dataDir: 'data' }).http.port).toBe(
      7080,
    );
    expect(GatewayConfig.safeParse({ hall: 1, dataDir: 'd', credentials: 'c', devices: [] }).success).toBe(
      false,
    );
  });
});
