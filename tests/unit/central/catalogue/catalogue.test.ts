import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalogue } from '../../../../central/catalogue/catalogue.ts';
import { publishCatalogue } from '../../../../central/catalogue/publish.ts';
import { judgeAnswer, visiblePages } from '../../../../hall/services/validation.rules.ts';
import { PICTOGRAM_NAMES } from '../../../../ui/pictograms/Pictogram.tsx';
import { createCentralParts } from '../../../support/central-parts.ts';
import type { CentralParts } from '../../../support/central-parts.ts';

const catalogue = readCatalogue();

/** Every {zh, en} in a value, with its path. */
function wordsIn(value: unknown, path = ''): { path: string; zh: string; en: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  const text = (key: string): string => (typeof record[key] === 'string' ? record[key] : '');
  if ('zh' in record || 'en' in record) return [{ path, zh: text('zh'), en: text('en') }];
  return Object.entries(record).flatMap(([key, each]) => wordsIn(each, `${path}/${key}`));
}

test('[DM6] two services, at most 12 pages, one to three fields a page', () => {
  expect(catalogue.map((each) => [each.id, each.pages.length])).toEqual([
    ['feedback', 5],
    ['join-union', 12],
  ]);
});

test('[DM6] every text stands in Chinese and in English', () => {
  const texts = wordsIn(catalogue);
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter(({ zh }) => !/\p{Script=Han}/u.test(zh))).toEqual([]);
  expect(texts.filter(({ en }) => en.length < 2 || /\p{Script=Han}/u.test(en))).toEqual([]);
});

test('[DM6] every service has a pictogram that exists', () => {
  expect(
    catalogue.filter((each) => !(PICTOGRAM_NAMES as readonly string[]).includes(each.pictogram)),
  ).toEqual([]);
});

test('[DM6] numbers of papers and phones are sealed, and nothing a clerk must read is', () => {
  const sealed = catalogue.map((service) =>
    service.pages.flatMap((page) => page.fields.filter((field) => field.sensitive).map((field) => field.id)),
  );
  expect(sealed).toEqual([['mobile'], ['idNumber', 'passportNumber', 'mobile']]);
  const open = catalogue.flatMap((service) => service.pages.flatMap((page) => page.fields));
  expect(
    open.filter(
      (field) =>
        field.kind === 'text' &&
        (field.check === 'resident-id' || field.check === 'mobile') &&
        !field.sensitive,
    ),
  ).toEqual([]);
});

test('[DM6] conditions lead each applicant to the pages that concern them', () => {
  const join = catalogue.find((each) => each.id === 'join-union');
  if (join === undefined) throw new Error('no join-union');
  const ids = (answers: Record<string, string>) => visiblePages(join, answers).map((page) => page.id);
  const rider = ids({ idType: 'passport', employment: 'platform' });
  expect(rider).toContain('passport-number');
  expect(rider).toContain('trade');
  expect(rider).not.toContain('id-number');
  expect(rider).not.toContain('employer');
  const clerk = ids({ idType: 'resident', employment: 'contract' });
  expect(clerk).toContain('id-number');
  expect(clerk).toContain('employer');
  expect(clerk).not.toContain('trade');
  const option = join.pages.flatMap((page) =>
    page.when === undefined ? [] : page.when.in.map((value) => ({ field: page.when?.field ?? '', value })),
  );
  const fields = join.pages.flatMap((page) => page.fields);
  for (const each of option) {
    const field = fields.find((one) => one.id === each.field);
    expect(field === undefined ? false : judgeAnswer(field, each.value, '2026-11-24').ok).toBe(true);
  }
});

describe('files that do not fit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('[DM6] are named, with what is wrong', () => {
    const good = catalogue[0];
    writeFileSync(join(folder, 'feedback.json'), JSON.stringify({ ...good, workingDays: -1 }));
    expect(() => readCatalogue(folder)).toThrow(/feedback\.json: workingDays/);
    writeFileSync(join(folder, 'feedback.json'), JSON.stringify({ ...good, id: 'other' }));
    expect(() => readCatalogue(folder)).toThrow('feedback.json: holds the service other');
  });
});

describe('sent to halls', () => {
  let central: CentralParts;
  beforeAll(async () => {
    central = await createCentralParts();
    await central.addHall(1);
    await central.addHall(2);
  });
  afterAll(() => central.db.close());

  const sent = async (hall: number) => {
    const snapshot = await central.base.feed.snapshot(hall);
    if (snapshot === 'unknown-hall') throw new Error('no hall');
    return {
      next: snapshot.next,
      services: snapshot.changes.filter((each) => each.type === 'service').map((each) => each.id),
    };
  };

  test('[DM6] to all of them once; a withdrawn service is removed', async () => {
    await publishCatalogue(central.base, catalogue);
    const first = await sent(2);
    expect(first.services).toEqual(['feedback', 'join-union']);
    await publishCatalogue(central.base, catalogue);
    expect(await sent(2)).toEqual(first);
    await publishCatalogue(central.base, catalogue.slice(0, 1));
    expect((await sent(1)).services).toEqual(['feedback']);
  });
});
