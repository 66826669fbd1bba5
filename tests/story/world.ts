import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { z } from 'zod';
import { LIVE_PATH, LiveMessage } from '../../contract/hall-api.ts';
import type { Millis } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { createPhone } from '../../simulators/people/phone.ts';
import type { Phone } from '../../simulators/people/phone.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startZigbeeBridge } from '../../simulators/sensors/zigbee2mqtt.ts';
import type { ZigbeeBridge } from '../../simulators/sensors/zigbee2mqtt.ts';
import { startCable } from '../../simulators/weather/network.ts';
import type { Cable } from '../../simulators/weather/network.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import { DEMO_STAFF } from '../../tools/house/demo-configs.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House } from '../../tools/house/house.ts';

/** Parts of the house the story can be told to break, to prove that it notices. */
export const sabotages = ['board', 'scanner', 'sensors', 'cable', 'gateway-line'] as const;
export type Sabotage = (typeof sabotages)[number];

export interface World {
  readonly house: House;
  readonly cable: Cable;
  readonly zigbee: ZigbeeBridge;
  readonly kiosk1: KioskVisitor;
  readonly kiosk2: KioskVisitor;
  readonly desk: ReturnType<typeof deskClient>;
  readonly phones: { readonly zhang: Phone; readonly li: Phone };
  readonly sabotage: Sabotage | undefined;
  /** What kiosk 1's page hears from the hall. */
  readonly heard: LiveMessage[];
  /** Numbers that later steps need. */
  readonly notes: Record<string, string | number>;
  stop(): Promise<void>;
}

function deskClient(hallUrl: string) {
  return createApiClient(hallUrl, hallRoutes);
}

/** Court 6 may be released a minute after its start, so that a story told in minutes can see it. */
export async function openWorld(
  dir: string,
  sabotage: Sabotage | undefined,
  broker: 'embedded' | 'mosquitto',
  echo?: (part: string, line: string) => void,
): Promise<World> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const cables: Cable[] = [];
    const house = await startHouse({
      dir,
      broker,
      ...(echo === undefined ? {} : { echo }),
      throughCable: async (centralPort) => {
        const cable = await startCable({ host: '127.0.0.1', port: centralPort });
        cables.push(cable);
        return cable.port;
      },
    });
    stops.push(() => house.stop());
    const cable = cables[0];
    if (cable === undefined) throw new Error('the cable was not laid');
    stops.push(() => cable.stop());

    const demo = await expectOk(deskClient(house.hallUrl).call('demo', {}));
    const code = (kiosk: string): string => {
      const found = demo.kiosks.find((each) => each.kiosk === kiosk);
      if (found === undefined) throw new Error(`no enrolment code for ${kiosk}`);
      return found.code;
    };
    const kiosk1 = await enterKiosk(house.hallUrl, code('kiosk-1'), systemClock);
    const kiosk2 = await enterKiosk(house.hallUrl, code('kiosk-2'), systemClock);
    const desk = deskClient(house.hallUrl);
    await expectOk(desk.call('signIn', { body: { name: DEMO_STAFF.name, password: DEMO_STAFF.password } }));

    const heard: LiveMessage[] = [];
    const live = await listen(house.hallUrl, kiosk1, heard);
    stops.push(() => Promise.resolve(live.terminate()));

    const zigbee = await startZigbeeBridge({
      host: '127.0.0.1',
      port: house.mqttPort,
      clientId: 'zigbee',
      secret: house.secret('zigbee'),
    });
    stops.push(() => zigbee.stop());
    return {
      house,
      cable,
      zigbee,
      kiosk1,
      kiosk2,
      desk,
      phones: {
        zhang: createPhone(house.centralUrl, systemClock),
        li: createPhone(house.centralUrl, systemClock),
      },
      sabotage,
      heard,
      notes: {},
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(hallUrl: string, kiosk: KioskVisitor, heard: LiveMessage[]): Promise<WebSocket> {
  const socket = new WebSocket(hallUrl.replace('http', 'ws') + LIVE_PATH, {
    headers: { cookie: kiosk.api.cookies(), origin: hallUrl },
  });
  socket.on('message', (data) => {
    heard.push(LiveMessage.parse(JSON.parse(z.instanceof(Buffer).parse(data).toString('utf8'))));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      resolve();
    });
    socket.once('error', reject);
  });
  return socket;
}

/** Looks again and again until `look` gives something, or throws with what was last seen. */
export async function until<T>(
  what: string,
  limit: Millis,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = systemClock.monotonic() + limit;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (systemClock.monotonic() > end)
      throw new Error(`${what} was not seen within ${String(limit / 1000)} s`);
    await sleep(systemClock, 100);
  }
}

export function fileText(path: string): string {
  return readFileSync(path, 'utf8');
}
