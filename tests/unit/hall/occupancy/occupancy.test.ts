import { afterEach, describe, expect, test } from 'vitest';
import { occupancyOf, trustOf } from '../../../../hall/occupancy/occupancy.rules.ts';
import type { Reading } from '../../../../hall/occupancy/occupancy.rules.ts';
import { createOccupancyService } from '../../../../hall/occupancy/occupancy.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 24, 2);
const sensors = [
  { device: 'pir-1', topic: 'zigbee2mqtt/court 1/pir', kind: 'presence', property: 'occupancy', resource: 1 },
  { device: 'door-1', topic: 'zigbee2mqtt/court 1/door', kind: 'contact', property: 'contact', resource: 1 },
  {
    device: 'temp-1',
    topic: 'zigbee2mqtt/court 1/temp',
    kind: 'temperature',
    property: 'temperature',
    resource: 1,
  },
  {
    device: 'own-2',
    topic: 'hall/1001/dev/own-2/state',
    kind: 'presence',
    property: 'presence',
    resource: 2,
  },
];

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

function setUp() {
  const hall = makeHall({ start: NOW, config: { sensors } });
  open.push(hall);
  const service = createOccupancyService(hall);
  const say = (topic: string, payload: unknown, retained = false): void =>
    service.listener.onForeign?.(
      `zigbee2mqtt/${topic}`,
      new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      retained,
    );
  const state = (): string => service.measured(1).state;
  return { hall, service, say, state };
}

const reading = (part: Partial<Reading>): Reading => ({
  device: 'x',
  kind: 'presence',
  silentAfterMs: 15 * MINUTE,
  stuckAfterMs: 60 * MINUTE,
  value: false,
  measuredAt: NOW,
  changedAt: NOW,
  changes: [],
  available: true,
  ...part,
});

describe('occupancy', () => {
  test('[OC1] what sensors say is what is measured, whatever is booked', () => {
    const { hall, service, say, state } = setUp();
    hall.store.db
      .prepare(
        "INSERT INTO booking VALUES ('b', 1, 'm', '2026-11-24T01:00:00.000Z', '2026-11-24T09:00:00.000Z', 'checked-in', 'hall', 0, '2026-11-24T01:00:00.000Z')",
      )
      .run();
    expect(state()).toBe('unknown');
    say('court 1/pir', { occupancy: false, battery: 80 });
    expect(state()).toBe('empty');
    say('court 1/pir', { occupancy: true });
    expect(service.measured(1)).toMatchObject({ state: 'occupied', confidence: 0.85, hasSensors: true });
    say('court 1/temp', { temperature: 21.5 });
    expect(service.view(1).temperature).toBe(21.5);
    expect(service.measured(99)).toMatchObject({ state: 'unknown', hasSensors: false });
  });

  test('[OC2] silence turns empty and occupied into unknown', () => {
    const { hall, say, state, service } = setUp();
    say('court 1/pir', { occupancy: false });
    hall.clock.advance(15 * MINUTE);
    expect(state()).toBe('empty');
    hall.clock.advance(1);
    expect(state()).toBe('unknown');
    expect(service.view(1).sensors[0]).toMatchObject({ value: 'false', trust: 'silent' });
    const doubt = occupancyOf([reading({}), reading({ measuredAt: NOW - 16 * MINUTE })], NOW);
    expect(doubt).toEqual({ state: 'unknown', confidence: 0.3 });
    expect(occupancyOf([reading({ value: true }), reading({ measuredAt: NOW - 16 * MINUTE })], NOW)).toEqual({
      state: 'occupied',
      confidence: 0.75,
    });
  });

  test('[OC3] a sensor that never moves while its neighbours do is stuck', () => {
    const still = reading({ changedAt: NOW - 61 * MINUTE });
    const moving = reading({ kind: 'contact', changes: [NOW - 30 * MINUTE, NOW - 20 * MINUTE] });
    expect(trustOf(still, [still, moving], NOW)).toBe('stuck');
    expect(trustOf(still, [still, { ...moving, changes: [NOW - 30 * MINUTE] }], NOW)).toBe('fresh');
    expect(trustOf({ ...still, changedAt: NOW - 59 * MINUTE }, [still, moving], NOW)).toBe('fresh');
    expect(occupancyOf([still, moving], NOW).state).toBe('unknown');
  });

  test('[OC4] retained messages and those right after connecting have no age, unless they bring their own time', () => {
    const { hall, service, say, state } = setUp();
    say('court 1/pir', { occupancy: false }, true);
    expect(state()).toBe('unknown');
    say('court 1/pir', { occupancy: false });
    expect(state()).toBe('empty');
    service.listener.onConnected?.();
    say('court 1/pir', { occupancy: false });
    expect(state()).toBe('unknown');
    hall.clock.advance(2_000);
    say('court 1/pir', { occupancy: false });
    expect(state()).toBe('empty');
    say('court 1/pir', { occupancy: false, last_seen: new Date(NOW - 20 * MINUTE).toISOString() }, true);
    expect(state()).toBe('unknown');
    say('court 1/pir', { occupancy: true, last_seen: NOW }, true);
    expect(state()).toBe('occupied');
    service.listener.onState?.('own-2', { at: new Date(NOW - 20 * MINUTE).toISOString(), presence: false });
    expect(service.measured(2).state).toBe('unknown');
    service.listener.onState?.('own-2', { at: new Date(NOW).toISOString(), presence: false });
    expect(service.measured(2).state).toBe('empty');
  });

  test('[OC5] a door alone says nothing; a silent door leaves emptiness below the release', () => {
    const { say, state, service, hall } = setUp();
    say('court 1/door', { contact: true });
    expect(state()).toBe('unknown');
    say('court 1/pir', { occupancy: false });
    expect(service.measured(1)).toMatchObject({ state: 'empty', confidence: 0.85 });
    hall.clock.advance(10 * MINUTE);
    say('court 1/pir', { occupancy: false });
    hall.clock.advance(6 * MINUTE);
    expect(service.measured(1)).toMatchObject({ state: 'empty', confidence: 0.55 });
  });

  test('[OC6] availability in both forms; a lost bridge silences its devices until each speaks', () => {
    const { say, state } = setUp();
    for (const offline of ['offline', '{"state":"offline"}']) {
      say('court 1/pir', { occupancy: false });
      expect(state()).toBe('empty');
      say('court 1/pir/availability', offline);
      expect(state()).toBe('unknown');
      say('court 1/pir/availability', '{"state":"online"}');
      expect(state()).toBe('empty');
    }
    say('bridge/state', '{"state":"offline"}');
    expect(state()).toBe('unknown');
    say('bridge/state', 'online');
    expect(state()).toBe('unknown');
    say('court 1/pir', { occupancy: false });
    expect(state()).toBe('empty');
  });

  test('[OC7] published on change and again each minute; one fact after ten seconds, none for a flicker', () => {
    const { hall, service, say } = setUp();
    service.start();
    hall.clock.advance(11_000);
    const facts = (): unknown[] =>
      hall
        .facts()
        .filter((fact) => fact.type === 'occupancy.changed')
        .map((fact) => `${String(fact.body.resource)} ${String(fact.body.state)}`);
    expect(facts()).toEqual(['1 unknown', '2 unknown']);
    say('court 1/pir', { occupancy: true });
    hall.clock.advance(4_000);
    say('court 1/pir', { occupancy: false });
    hall.clock.advance(4_000);
    say('court 1/pir', { occupancy: true });
    expect(facts()).toHaveLength(2);
    hall.clock.advance(16_000);
    say('court 1/pir', { occupancy: true });
    expect(facts()).toEqual(['1 unknown', '2 unknown', '1 occupied']);
    const before = hall.devices.occupancy.filter((each) => each.resource === 1).length;
    expect(
      hall.devices.occupancy.filter((each) => each.resource === 1).map((each) => each.state.state),
    ).toEqual(['unknown', 'occupied', 'empty', 'occupied']);
    hall.clock.advance(2 * MINUTE);
    expect(hall.devices.occupancy.filter((each) => each.resource === 1).length).toBe(before + 2);
    service.stop();
    expect(hall.clock.timers()).toBe(0);
  });

  test('[OC2] payloads that are no readings change nothing and are counted', () => {
    const { service, say, state } = setUp();
    say('court 1/pir', { occupancy: false });
    for (const bad of ['', 'null', '[1]', '{"occupancy":"yes"}', '{"occupancy":1}', '{', '{"battery":3}'])
      say('court 1/pir', bad);
    expect(state()).toBe('empty');
    expect(service.badPayloads()).toBe(2);
  });
});
