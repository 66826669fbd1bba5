import { describe, expect, test } from 'vitest';
import { planFor } from '../../../phone/offline/shell.rules.ts';
import { shellFiles } from '../../../phone/offline/shell-files.config.ts';

const HOST = 'http://127.0.0.1:7090';
const plan = (url: string, method = 'GET', mode = 'no-cors'): string =>
  planFor({ url, method, mode }, HOST, '/phone/');

describe('the page kept on the phone', () => {
  test('[PP13] opening the page comes from the store, files too; central never does', () => {
    expect(plan(`${HOST}/phone/`, 'GET', 'navigate')).toBe('page');
    expect(plan(`${HOST}/phone/assets/index-1.js`)).toBe('file');
    expect(plan(`${HOST}/phone/api/v1/me`)).toBe('network');
    expect(plan(`${HOST}/phone/api/v1/me`, 'GET', 'navigate')).toBe('network');
    expect(plan(`${HOST}/phone/`, 'POST')).toBe('network');
    expect(plan(`${HOST}/sync/v1/schema.json`)).toBe('network');
    expect(plan('http://elsewhere.example/phone/x.js')).toBe('network');
  });

  test('[PP13] any changed file is another version; fonts are kept when first needed', () => {
    const built = (source: string): string => {
      const worker = { type: 'chunk', code: "'__SHELL_VERSION__';'__SHELL_FILES__'" };
      const bundle = {
        'sw.js': worker,
        'index.html': { type: 'asset', source: '<html>' },
        'assets/a.js': { type: 'chunk', code: source },
        'assets/f.woff2': { type: 'asset', source: 'font' },
      };
      const hook = shellFiles('sw.js', ['icon.svg']).generateBundle;
      if (typeof hook !== 'function') throw new Error('no generateBundle');
      void Reflect.apply(hook, undefined, [{}, bundle, true]);
      return worker.code;
    };
    expect(built('1')).toMatch(/^'[0-9a-f]{16}';'\|assets\/a\.js\|icon\.svg'$/);
    expect(built('1')).toBe(built('1'));
    expect(built('2')).not.toBe(built('1'));
  });
});
