import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hallRoutes } from '../contract/hall-api.ts';
import { systemClock } from '../platform/system.ts';
import { createApiClient, expectOk } from '../simulators/people/api-client.ts';
import { startDemoSensors } from '../simulators/sensors/demo-sensors.ts';
import { startZigbeeBridge } from '../simulators/sensors/zigbee2mqtt.ts';
import { DEMO_STAFF } from './house/demo-configs.ts';
import { startHouse } from './house/house.ts';
import { findScreen, openScreen } from './house/screen.ts';

/** `npm start`: the demonstration hall with simulated hardware, its broker and central; Ctrl-C stops everything. */

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    'no-screen': { type: 'boolean', default: false },
    'any-ports': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const dir = values.data ?? join(root, 'data/demo');
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const startedAt = systemClock.monotonic();
const house = await startHouse({
  dir,
  doorsCloseAfter: 12_000,
  ports: values['any-ports'] ? { hall: 0, mqtt: 0, central: 0 } : { hall: 7080, mqtt: 1883, central: 7090 },
  ...(values.verbose
    ? {
        echo: (part: string, line: string) => {
          say(`[${part}] ${line}`);
        },
      }
    : {}),
});

const bridge = await startZigbeeBridge({
  host: '127.0.0.1',
  port: house.mqttPort,
  clientId: 'zigbee',
  secret: house.secret('zigbee'),
});
const stopSensors = startDemoSensors(bridge, systemClock);

let stopping = false;
const screens: { stop(): Promise<unknown> }[] = [];
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  say('\nstopping ...');
  for (const screen of screens) await screen.stop();
  stopSensors();
  await bridge.stop();
  await house.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());

say(
  `The hall is up after ${((systemClock.monotonic() - startedAt) / 1000).toFixed(1)} s. Demo mode: made-up people, simulated hardware.`,
);
say(`  kiosk    ${house.hallUrl}/kiosk/`);
say(`  desk     ${house.hallUrl}/console/   ${DEMO_STAFF.name} / ${DEMO_STAFF.password}`);
say(`  phone    ${house.centralUrl}/phone/`);
say(`  health   ${house.hallUrl}/healthz  ${house.centralUrl}/healthz`);
say(`  data     ${dir}`);

const screen = values['no-screen']
  ? { kind: 'none' as const, why: 'it was asked to show none' }
  : findScreen(root, process.env);
if (screen.kind === 'none') {
  say(`No kiosk window is opened: ${screen.why}. Open the kiosk's address in a browser.`);
} else {
  if (screen.kind === 'chromium')
    say(
      'Electron is not on this machine (npm run kiosk:install fetches it where the network allows); Chromium shows the kiosk.',
    );
  const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
  const first = demo.kiosks[0];
  if (first !== undefined) {
    const profile = join(dir, 'kiosk-profile');
    mkdirSync(profile, { recursive: true });
    screens.push(openScreen(screen, { hallUrl: house.hallUrl, enrolCode: first.code, profile, root }));
  }
}
say('Ctrl-C stops everything.');
