import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkSpec } from '../../../tools/check-spec.ts';

const roots: string[] = [];

/** A project of the given files in a temporary folder. */
function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'spec-'));
  roots.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const spec = '# Lockers\n\n- **LK1** One door at a time.\n- **LK2** Late commands open nothing.\n';

/** A test file's text, put together here so that this file cites no rule itself. */
const cites = (call: string, ...ids: string[]) =>
  `${call}('${ids.map((id) => `[${id}]`).join('')} title', () => {});\n`;

test('rules and tests that agree have no problems', () => {
  const root = project({
    'hall/SPEC.md': spec,
    'tests/unit/hall/a.test.ts': cites('test', 'LK1') + cites('describe', 'LK2'),
  });
  expect(checkSpec(root).problems).toEqual([]);
});

test('a rule without a test is named with its line', () => {
  const root = project({ 'hall/SPEC.md': spec, 'tests/unit/hall/a.test.ts': cites('test', 'LK1') });
  expect(checkSpec(root).problems).toEqual(['hall/SPEC.md:4: rule LK2 has no test']);
});

test('a test that cites no existing rule is named with its line', () => {
  const root = project({
    'hall/SPEC.md': spec,
    'tests/unit/hall/a.test.ts': cites('test', 'LK1', 'LK2') + cites('it', 'LK9'),
  });
  expect(checkSpec(root).problems).toEqual(['tests/unit/hall/a.test.ts:2: no SPEC.md has a rule LK9']);
});

test('one number for two rules is a problem', () => {
  const root = project({
    'hall/SPEC.md': spec,
    'hall/lockers/SPEC.md': '- **LK1** Another one.\n',
    'tests/unit/hall/a.test.ts': cites('test', 'LK1', 'LK2'),
  });
  expect(checkSpec(root).problems).toHaveLength(1);
  expect(checkSpec(root).problems[0]).toContain('LK1 is already used at');
});

test('a skipped test does not count as proof', () => {
  const root = project({
    'hall/SPEC.md': spec,
    'tests/unit/hall/a.test.ts': cites('test', 'LK1') + cites('test.skip', 'LK2'),
  });
  expect(checkSpec(root).problems).toEqual(['hall/SPEC.md:4: rule LK2 has no test']);
});

test('playwright specs, suites, each-tables and titles on the next line count', () => {
  const root = project({
    'hall/SPEC.md': `${spec}- **LK3** Three.\n- **LK4** Four.\n`,
    'tests/e2e/a.spec.ts': cites('test', 'LK1'),
    'tests/contracts/a.suite.ts': cites('test.each(rows)', 'LK2'),
    'tests/unit/b.test.ts':
      cites('test', 'LK3').replace('(', '(\n  ') + cites("it.for([\n  ['x', 1],\n])", 'LK4'),
  });
  expect(checkSpec(root).problems).toEqual([]);
});
