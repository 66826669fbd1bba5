import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configSchemas } from '../../../platform/schemas.ts';

const folder = join(import.meta.dirname, '../../../docs/schemas');

it('[ST11] the published schemas of the configuration files are current (else: node platform/schemas.main.ts)', () => {
  const schemas = configSchemas();
  expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, text] of Object.entries(schemas))
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toEqual(JSON.parse(text));
});
