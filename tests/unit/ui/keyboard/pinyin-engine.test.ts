import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPinyinEngine } from '../../../../ui/keyboard/pinyin-engine.ts';

const dictionary = readFileSync(
  join(import.meta.dirname, '../../../../ui/keyboard/dictionary/dictionary.txt'),
  'utf8',
);
const engine = createPinyinEngine(dictionary);
const texts = (input: string, mode: 'text' | 'name' = 'text'): string[] =>
  engine.candidates(input, { mode }).map((candidate) => candidate.text);

describe('pinyin', () => {
  test.each([
    ['gonghui', '工会'],
    ['zhigong', '职工'],
    ['shenqing', '申请'],
    ['ruhui', '入会'],
    ['quhao', '取号'],
    ['wuye', '物业'],
    ['yinhang', '银行'],
    ['chongqing', '重庆'],
    ['fuwudating', '服务大厅'],
    ['nvzhigong', '女职工'],
    ['laodonghetong', '劳动合同'],
    ['kuaidiyuan', '快递员'],
  ])('[UI5] %s offers %s first', (input, word) => {
    expect(texts(input)[0]).toBe(word);
  });

  test('[UI5] an unfinished last syllable and initials find the word', () => {
    expect(texts('gonghu').slice(0, 3)).toContain('工会');
    expect(texts('fwdt').slice(0, 3)).toContain('服务大厅');
    expect(texts('gh').slice(0, 30)).toContain('工会');
  });

  test('[UI5] the separator splits, and picking a part leaves the rest', () => {
    expect(engine.split("xi'an")).toEqual(['xi', 'an']);
    expect(texts("xi'an")[0]).toBe('西安');
    const part = engine.candidates('wuye').find((candidate) => candidate.text === '物');
    expect(part?.consumed).toBe(2);
    expect(engine.candidates('wuye')[0]?.consumed).toBe(4);
  });

  test('[UI5] a chain of words is offered whole', () => {
    expect(texts('wozaichengbeishangban')[0]).toBe('我在城北上班');
  });

  test('[UI5] rare characters of names can be reached', () => {
    expect(texts('xu')).toContain('旭');
    expect(texts('yi')).toContain('怡');
    expect(engine.candidates('zhe', { limit: 400 }).map((candidate) => candidate.text)).toContain('喆');
    expect(engine.candidates('xin', { limit: 400 }).map((candidate) => candidate.text)).toContain('鑫');
  });

  test.each([
    ['wang', '王'],
    ['li', '李'],
    ['zhang', '张'],
    ['liu', '刘'],
    ['chen', '陈'],
    ['lv', '吕'],
    ['zeng', '曾'],
    ['shan', '单'],
    ['ouyang', '欧阳'],
  ])('[UI6] the family name %s is %s', (input, name) => {
    expect(texts(input, 'name')[0]).toBe(name);
  });

  test('[UI7] any input is answered, bounded, and uses up at most what was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.stringMatching(/^[a-z']{0,60}$/)), (input) => {
        const found = engine.candidates(input);
        expect(found.length).toBeLessThanOrEqual(60);
        for (const candidate of found) {
          expect(candidate.consumed).toBeGreaterThan(0);
          expect(candidate.consumed).toBeLessThanOrEqual(Math.min(40, input.length));
        }
      }),
      { numRuns: 300, seed: 2026 },
    );
  });

  test('[UI7] a hundred worst inputs take under 50 ms each on average', () => {
    const worst = [
      'xianxianxianxianxianxianxianxianxianxian',
      "a'a'a'a'a'a'a'a'a'a'a'a'a'a'a'a'a'a'a'a",
      'zhshchzhshch',
    ];
    const start = process.hrtime.bigint();
    for (let round = 0; round < 33; round++) for (const input of worst) engine.candidates(input);
    const perInput = Number(process.hrtime.bigint() - start) / 1e6 / 99;
    expect(perInput).toBeLessThan(50);
  });
});
