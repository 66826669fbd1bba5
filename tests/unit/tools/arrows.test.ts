import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrows } from '../../../tools/arrows.config.mjs';
import { checkArrows, type BrokenArrow } from '../../../tools/arrows.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** Rule -> the file that breaks it -> what it imports. */
const breaches: Record<string, readonly [file: string, specifier: string]> = {
  'contract-is-the-floor': ['contract/bad-hall.ts', '../hall/lockers/good.rules.ts'],
  'contract-runs-everywhere': ['contract/bad-node.ts', 'node:fs'],
  'pages-never-seal': ['ui/bad-seal.ts', '../contract/sealing.ts'],
  'platform-on-contract': ['platform/bad-hall.ts', '../hall/lockers/good.rules.ts'],
  'platform-for-mains': ['hall/lockers/bad-clock.service.ts', '../../platform/good.ts'],
  'pure-no-node': ['hall/lockers/bad-node.machine.ts', 'node:fs'],
  'pure-no-packages': ['devices/definitions/bad-mqtt.device.ts', 'mqtt'],
  'pure-no-impure-neighbour': ['hall/lockers/bad-store.rules.ts', './good.store.ts'],
  'hall-on-contract': ['hall/lockers/bad-devices.service.ts', '../../devices/frames/good.frame.ts'],
  'hall-main-joins': ['hall/bad.main.ts', '../central/good.ts'],
  'hall-features-by-service': ['hall/bookings/bad-other.service.ts', '../lockers/good.rules.ts'],
  'hall-store-below-features': ['hall/store/bad-feature.ts', '../lockers/good.rules.ts'],
  'hall-features-below-adapters': ['hall/lockers/bad-adapter.service.ts', '../adapters/good.ts'],
  'broker-on-contract': ['broker/bad-hall.ts', '../hall/lockers/good.rules.ts'],
  'devices-on-contract': ['devices/bad-broker.ts', '../broker/good.ts'],
  'devices-frames-lowest': ['devices/frames/bad-driver.ts', '../drivers/good.ts'],
  'devices-drivers-below-gateway': ['devices/drivers/bad-gateway.ts', '../good-gateway.ts'],
  'devices-transports-bytes-only': ['devices/transports/bad-frame.ts', '../frames/good.frame.ts'],
  'sync-on-contract': ['sync/bad-hall.ts', '../hall/store/good.ts'],
  'sync-main-joins': ['sync/bad.main.ts', '../broker/good.ts'],
  'central-on-contract': ['central/bad-hall.ts', '../hall/store/good.ts'],
  'ui-on-contract': ['ui/bad-console.ts', '../console/good.ts'],
  'console-on-ui': ['console/bad-phone.ts', '../phone/good.ts'],
  'phone-on-ui': ['phone/bad-central.ts', '../central/good.ts'],
  'kiosk-on-ui': ['kiosk/screens/bad-console.tsx', '../../console/good.ts'],
  'kiosk-pages-not-shell': ['kiosk/screens/bad-shell.tsx', '../main/good.ts'],
  'kiosk-shell-not-pages': ['kiosk/main/bad-page.ts', '../screens/good.tsx'],
  'pages-no-node': ['console/bad-node.ts', 'node:path'],
  'pages-no-server-packages': ['phone/bad-mqtt.ts', 'mqtt'],
  'electron-in-the-shell': ['broker/bad-electron.ts', 'electron'],
  'simulators-on-contract': ['simulators/bad-codec.ts', '../devices/frames/good.frame.ts'],
  'simulators-main-not-pages': ['simulators/sim.main.ts', '../ui/good.ts'],
  'tools-start-by-path': ['tools/bad-hall.ts', '../hall/store/good.ts'],
  'mains-are-started': ['tests/unit/bad-main.ts', '../../broker/good.main.ts'],
  'tests-are-not-parts': ['central/bad-tests.ts', '../tests/support/good.ts'],
  'ships-without-dev-packages': ['sync/bad-dev.ts', 'fast-check'],
  'no-circles': ['ui/bad-circle-a.ts', './bad-circle-b.ts'],
  'no-dead-ends': ['ui/bad-nowhere.ts', './not-there.ts'],
};

/** Imports that the arrows allow, beside the targets of the breaches. */
const allowed: Record<string, string> = {
  'contract/good.ts': "import { z } from 'zod';\nexport const good = z;\n",
  'contract/sealing.ts': "import crypto from 'node:crypto';\nexport const good = crypto;\n",
  'platform/good.ts':
    "import { good } from '../contract/good.ts';\nimport fs from 'node:fs';\nexport { good, fs };\n",
  'hall/lockers/good.rules.ts':
    "import type { good } from '../../contract/good.ts';\nexport type Good = typeof good;\n",
  'hall/lockers/good.store.ts': "import { good } from '../store/good.ts';\nexport { good };\n",
  'hall/lockers/lockers.service.ts': "import { good } from './good.store.ts';\nexport { good };\n",
  'hall/bookings/bookings.service.ts':
    "import { good } from '../lockers/lockers.service.ts';\nexport { good };\n",
  'hall/store/good.ts': "import Database from 'better-sqlite3';\nexport const good = Database;\n",
  'hall/store/outbox.port.ts': 'export interface Outbox { readonly waiting: number }\n',
  'hall/adapters/good.ts': "import { good } from '../lockers/lockers.service.ts';\nexport { good };\n",
  'hall/hall.main.ts':
    "import { good } from '../platform/good.ts';\nimport { good as broker } from '../broker/good.ts';\nexport const all = [good, broker];\n",
  'broker/good.ts': "import { good } from '../contract/good.ts';\nexport { good };\n",
  'broker/good.main.ts': "import { good } from './good.ts';\nexport { good };\n",
  'devices/frames/good.frame.ts': 'export const good = 1;\n',
  'devices/drivers/good.ts': "import { good } from '../frames/good.frame.ts';\nexport { good };\n",
  'devices/good-gateway.ts': "import { good } from './drivers/good.ts';\nexport { good };\n",
  'sync/good.ts': "import type { Outbox } from '../hall/store/outbox.port.ts';\nexport type Good = Outbox;\n",
  'central/good.ts': "import { good } from '../contract/good.ts';\nexport { good };\n",
  'ui/good.ts': "import { good } from '../contract/good.ts';\nexport { good };\n",
  'ui/bad-circle-b.ts': "import { a } from './bad-circle-a.ts';\nexport const b = a;\n",
  'console/good.ts': "import { good } from '../ui/good.ts';\nexport { good };\n",
  'phone/good.ts': "import { good } from '../ui/good.ts';\nexport { good };\n",
  'kiosk/screens/good.tsx':
    "import { good } from '../../ui/good.ts';\nimport type { Bridge } from '../preload/good.ts';\nexport const page = (bridge: Bridge) => [good, bridge];\n",
  'kiosk/preload/good.ts': 'export interface Bridge { readonly version: string }\n',
  'kiosk/main/good.ts': "import { app } from 'electron';\nexport const good = app;\n",
  'simulators/good.ts': "import { good } from '../contract/good.ts';\nexport { good };\n",
  'tests/support/good.ts': "import { good } from '../../platform/good.ts';\nexport { good };\n",
  'tools/good.ts': "import { good } from '../platform/good.ts';\nexport { good };\n",
};

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

describe('arrows', () => {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'));
  let broken: readonly BrokenArrow[] = [];

  beforeAll(async () => {
    symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
    write(
      root,
      'package.json',
      JSON.stringify({
        type: 'module',
        dependencies: { zod: '*', mqtt: '*', 'better-sqlite3': '*' },
        devDependencies: { electron: '*', 'fast-check': '*' },
      }),
    );
    for (const [file, text] of Object.entries(allowed)) write(root, file, text);
    for (const [file, specifier] of Object.values(breaches)) {
      write(root, file, `import * as other from '${specifier}';\nexport const a = other;\n`);
    }
    broken = (await checkArrows(root)).broken;
  }, 60_000);

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  test('every arrow has a breach here', () => {
    expect(arrows.map((rule) => rule.name).sort()).toEqual(Object.keys(breaches).sort());
  });

  test.each(Object.entries(breaches))('%s fires', (rule, [file]) => {
    expect(broken.filter((one) => one.rule === rule).map((one) => one.from)).toContain(file);
  });

  test('allowed imports stay quiet', () => {
    const files = Object.keys(allowed).filter((file) => file !== 'ui/bad-circle-b.ts');
    expect(broken.filter((one) => files.includes(one.from))).toEqual([]);
  });
});
