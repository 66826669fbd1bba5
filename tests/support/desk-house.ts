import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Receipt } from '../../contract/hall-api.ts';
import { hallRoutes } from '../../contract/hall-api.ts';
import type { Answers, ServiceField } from '../../contract/services.ts';
import { toInstant } from '../../contract/time.ts';
import { systemClock } from '../../platform/system.ts';
import { createApiClient, expectOk } from '../../simulators/people/api-client.ts';
import { enterKiosk } from '../../simulators/people/visitor.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { startZigbeeBridge } from '../../simulators/sensors/zigbee2mqtt.ts';
import type { ZigbeeBridge } from '../../simulators/sensors/zigbee2mqtt.ts';
import { startHouse } from '../../tools/house/house.ts';
import type { House, HouseOptions } from '../../tools/house/house.ts';
import { boardsOnline } from './boards-online.ts';
import { seedDesk } from './seed-desk.ts';

/** A real hall with its hardware and something of everything, and people who use its two kiosks. */
export interface DeskHouse {
  readonly house: House;
  readonly kiosks: readonly [KioskVisitor, KioskVisitor];
  readonly zigbee: ZigbeeBridge;
  /** Fills and hands in a service at kiosk 1. */
  handIn(service: string, given?: Answers): Promise<Receipt>;
  /** Books a whole hour of a place for a member; the next one is 1 ahead. Returns its start. */
  book(resource: number, memberNumber: string, hoursAhead: number): Promise<number>;
  readonly stop: () => Promise<void>;
}

/**
 * @param withLockers false = its lock boards are not waited for
 * @param hall what this hall's configuration has beyond the demonstration's
 */
export async function startDeskHouse(
  hall: HouseOptions['hall'] = {},
  withLockers = true,
): Promise<DeskHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'desk-'));
  const house = await startHouse({ dir, withCentral: false, hall });
  try {
    await house.stopHall();
    seedDesk(house.dataDir);
    await house.startHall();
    const demo = await expectOk(createApiClient(house.hallUrl, hallRoutes).call('demo', {}));
    const enter = (id: string): Promise<KioskVisitor> =>
      enterKiosk(house.hallUrl, demo.kiosks.find((each) => each.kiosk === id)?.code ?? '', systemClock);
    const kiosks = [await enter('kiosk-1'), await enter('kiosk-2')] as const;
    const zigbee = await startZigbeeBridge({
      host: '127.0.0.1',
      port: house.mqttPort,
      clientId: 'zigbee',
      secret: house.secret('zigbee'),
    });
    if (withLockers) await boardsOnline(kiosks[0]);
    return {
      house,
      kiosks,
      zigbee,
      handIn: (service, given = {}) => handIn(kiosks[0], service, given),
      book: async (resource, memberNumber, hoursAhead) => {
        const hour = 3_600_000;
        const startsAt = Math.floor(systemClock.now() / hour) * hour + hoursAhead * hour;
        await expectOk(
          kiosks[0].api.call('book', {
            body: {
              credential: { kind: 'member', memberNumber, phoneLast4: memberNumber.slice(-4) },
              resource,
              startsAt: toInstant(startsAt),
              endsAt: toInstant(startsAt + hour),
            },
          }),
        );
        return startsAt;
      },
      stop: async () => {
        await zigbee.stop();
        await house.stop();
        rmSync(dir, { recursive: true });
      },
    };
  } catch (error) {
    await house.stop();
    rmSync(dir, { recursive: true });
    throw error;
  }
}

async function handIn(kiosk: KioskVisitor, service: string, given: Answers): Promise<Receipt> {
  const { draft } = await expectOk(kiosk.api.call('startDraft', { body: { service } }));
  const known: Answers = {};
  for (const page of draft.service.pages) {
    if (page.when !== undefined && !page.when.in.includes(String(known[page.when.field] ?? ''))) continue;
    const answers = Object.fromEntries(
      page.fields.map((field) => [field.id, given[field.id] ?? usualAnswer(field)]),
    );
    Object.assign(known, answers);
    await expectOk(
      kiosk.api.call('answerDraft', { params: { id: draft.draftId }, body: { page: page.id, answers } }),
    );
  }
  return expectOk(kiosk.api.call('submitDraft', { params: { id: draft.draftId } }));
}

function usualAnswer(field: ServiceField): string | boolean {
  switch (field.kind) {
    case 'confirm':
      return true;
    case 'choice':
      return field.options[0]?.value ?? '';
    case 'date':
      return '2026-01-05';
    case 'text':
      switch (field.check) {
        case 'resident-id':
          return '11010519491231002X';
        case 'mobile':
          return '13800000009';
        case 'credit-code':
          return '91350100M000100Y43';
        case 'person-name':
          return '赵德明';
        case 'none':
          return '二楼水房的灯坏了，晚上看不清台阶。'.slice(0, field.maxLength);
      }
  }
}
