import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchemas } from './schemas.ts';

/** `node platform/schemas.main.ts`: writes docs/schemas/*.json anew after the configuration changed. */
const folder = join(import.meta.dirname, '..', 'docs', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(configSchemas())) {
  writeFileSync(join(folder, name), text);
  console.log(`docs/schemas/${name}`);
}
