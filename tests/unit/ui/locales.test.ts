import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../ui/locales');
const files = (language: string): string[] => readdirSync(join(folder, language)).sort();

/** `a.b` -> text, from one namespace file. */
function flatten(value: unknown, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  if (typeof value === 'string') return flat.set(prefix, value);
  if (typeof value !== 'object' || value === null) throw new Error(`${prefix} is neither text nor group`);
  for (const [key, inner] of Object.entries(value)) {
    for (const [path, text] of flatten(inner, prefix === '' ? key : `${prefix}.${key}`)) flat.set(path, text);
  }
  return flat;
}

function read(language: string, file: string): Map<string, string> {
  return flatten(JSON.parse(readFileSync(join(folder, language, file), 'utf8')));
}

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1] ?? '').sort();

describe('words in both languages', () => {
  test('[UI1] both languages have the same namespaces', () => {
    expect(files('en')).toEqual(files('zh-CN'));
    expect(files('en').length).toBeGreaterThanOrEqual(3);
  });

  test.each(files('zh-CN'))('[UI1] %s has the same keys and placeholders in both languages', (file) => {
    const chinese = read('zh-CN', file);
    const english = read('en', file);
    // Plural forms exist in English only; a base key or `_other` in Chinese covers them.
    const base = (key: string): string => key.replace(/_(zero|one|two|few|many|other)$/, '');
    const keys = (words: Map<string, string>): string[] => [...new Set([...words.keys()].map(base))].sort();
    expect(keys(english)).toEqual(keys(chinese));
    for (const [key, text] of chinese) {
      const other = english.get(key) ?? english.get(`${base(key)}_other`) ?? english.get(base(key)) ?? '';
      expect(placeholders(other), key).toEqual(placeholders(text));
    }
    for (const words of [chinese, english]) {
      for (const [key, text] of words) expect(text.trim(), `${file} ${key}`).not.toBe('');
    }
  });

  test('[UI2] every namespace is named in resources.ts', () => {
    const types = readFileSync(join(folder, 'resources.ts'), 'utf8');
    for (const file of files('zh-CN')) {
      expect(types, `add the import and the line for ${file} to ui/locales/resources.ts`).toContain(
        `./zh-CN/${file}`,
      );
    }
  });
});
