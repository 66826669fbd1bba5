import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Writes the skeleton of a new lock board: frame table, definition and vectors file; returns what to do next, a sentence a
 * line. Nothing that is there is written over.
 * @throws Error when the name cannot be one, or a file of it exists.
 */
export function newDefinition(name: string, base = root): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 32)
    throw new Error(
      `"${name}" is no name for a definition: small letters, digits and single hyphens, like "acme-l24"`,
    );
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const files = {
    frames: join(base, `devices/frames/${name}.frame.ts`),
    device: join(base, `devices/definitions/${name}.device.ts`),
    vectors: join(base, `tests/vectors/${name}.json`),
  };
  for (const file of Object.values(files)) if (existsSync(file)) throw new Error(`${file} is there already`);
  writeFileSync(files.frames, frames(name, camel));
  writeFileSync(files.device, device(name, camel));
  writeFileSync(files.vectors, vectors(name));
  return [
    ...Object.values(files).map((file) => `made ${file}`),
    `1. Enter the maker's frames in ${name}.frame.ts and at least ten vectors in ${name}.json, malformed ones with their reason.`,
    `2. Add ${camel} to devices/definitions/catalogue.ts, and its table and vectors to the lists at the top of vectors.test.ts and boards.properties.test.ts.`,
    '3. vitest run --project unit tests/unit/devices/frames',
  ];
}

const frames = (
  name: string,
  camel: string,
): string => `import type { FrameField, FrameTable } from './frame-table.ts';

/** TODO: line, source of the frames, and which of them open more than one lock (those are 'decode-only'). */

const SUM: FrameField = { is: 'checksum', of: 'sum8' };
const code = (value: number): FrameField => ({ is: 'const', value });
const address: FrameField = { is: 'byte', name: 'address', min: 1, max: 31 };
const lock: FrameField = { is: 'byte', name: 'lock', min: 1, max: 24 };

export const ${camel}Frames: FrameTable = {
  name: '${name}',
  shapes: [
    { name: 'get-status', use: 'both', fields: [code(0x02), address, code(0x00), SUM] },
    { name: 'unlock', use: 'both', fields: [code(0x02), address, code(0x01), lock, SUM] },
    {
      name: 'status',
      use: 'both',
      fields: [code(0x02), address, code(0x80), { is: 'bytes', name: 'locks', length: 3 }, SUM],
    },
  ],
};
`;

const device = (
  name: string,
  camel: string,
): string => `import { ${camel}Frames } from '../frames/${name}.frame.ts';
import type { LockBoardDefinition } from './definition.ts';
import { kerongCu48 } from './kerong-cu48.device.ts';

/** TODO: maker, model, what was verified on real hardware. */
export const ${camel}: LockBoardDefinition = {
  kind: 'lock-board',
  id: '${name}',
  maker: 'TODO',
  model: 'TODO',
  baudRate: 9_600,
  frames: ${camel}Frames,
  messages: { query: 'get-status', unlock: 'unlock', status: 'status' },
  scope: 'board',
  reading: { as: 'bits', field: 'locks', zero: 0, one: 1 },
  features: { doorSensor: true, itemSensor: false },
  capacity: 24,
  wireOffset: 0,
  addresses: { first: 1, last: 31 },
  closedBit: 1,
  timings: kerongCu48.timings,
};
`;

const vectors = (name: string): string => `${JSON.stringify(
  {
    protocol: `TODO: ${name}`,
    source: 'TODO: where each vector comes from',
    frames: [],
    bad: [],
  },
  null,
  2,
)}
`;
