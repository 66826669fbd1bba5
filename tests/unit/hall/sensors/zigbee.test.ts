import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { availabilitySaid, readEntity, topicRefusal } from '../../../../hall/sensors/entity.rules.ts';
import { payloadOf } from '../../../../hall/sensors/template.rules.ts';
import { parseBridgeDevices } from '../../../../hall/sensors/zigbee.rules.ts';
import file from '../../../vectors/zigbee2mqtt-devices.json' with { type: 'json' };

const found = parseBridgeDevices(JSON.stringify(file.payload)) ?? [];
const entities = found.flatMap((each) => (each.state === 'usable' ? [each.entity] : []));

describe('zigbee2mqtt', () => {
  test('[SE6] the list of a bridge becomes what its devices measure', () => {
    expect(entities.map((each) => [each.device, each.name, each.quantity, each.unit])).toEqual(file.expected);
    expect(
      found
        .flatMap((each) => (each.state === 'usable' ? [] : [[each.device, each.name, each.reason.code]]))
        .sort(),
    ).toEqual([...file.lost].sort());
    expect(new Set(found.map((each) => (each.state === 'usable' ? each.entity.id : each.id))).size).toBe(
      found.length,
    );
    for (const [device, property, payload, value] of file.reads) {
      const entity = entities.find((each) => each.device === device && each.name === property);
      if (entity === undefined) throw new Error(`no ${String(device)} ${String(property)}`);
      expect(readEntity(entity, payloadOf(String(payload))) ?? null, String(payload)).toBe(value);
    }
  });

  test('[SE6] names keep their slashes, and availability is understood in both forms', () => {
    const court = entities.find((each) => each.device === 'court/1/presence');
    expect(court?.topic).toBe('zigbee2mqtt/court/1/presence');
    const topics = court?.availability.topics ?? [];
    expect(topics.map((each) => each.topic)).toEqual([
      'zigbee2mqtt/court/1/presence/availability',
      'zigbee2mqtt/bridge/state',
    ]);
    for (const topic of topics) {
      for (const [payload, said] of [
        ['online', true],
        ['{"state":"online"}', true],
        ['offline', false],
        ['{"state":"offline"}', false],
        ['{"state":"away"}', undefined],
        ['', undefined],
      ] as const)
        expect(availabilitySaid(topic, payload), payload).toBe(said);
    }
  });

  test('[SE3] [SE6] no list throws, and no name leads to a topic of ours, a wildcard or the bridge', () => {
    expect(parseBridgeDevices('{"a":1}')).toBeUndefined();
    expect(parseBridgeDevices('[')).toBeUndefined();
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('bridge/x', 'a/set', '#', '+/x', 'a/b', '/x', 'x/availability'),
    );
    const exposed = fc.record(
      {
        name: fc.constantFrom('occupancy', 'contact', 'x'),
        property: fc.string(),
        type: fc.constantFrom('binary', 'numeric', 'list'),
        value_on: fc.jsonValue(),
        unit: fc.string(),
      },
      { requiredKeys: [] },
    );
    const device = fc.record({
      ieee_address: fc.string(),
      friendly_name: name,
      definition: fc.oneof(
        fc.constant(null),
        fc.record({ exposes: fc.array(fc.oneof(exposed, fc.jsonValue()), { maxLength: 4 }) }),
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(device, fc.jsonValue()), { maxLength: 5 }), (list) => {
        for (const each of parseBridgeDevices(JSON.stringify(list)) ?? []) {
          if (each.state !== 'usable') continue;
          expect(topicRefusal(each.entity.topic)).toBeUndefined();
          expect(each.entity.topic).toMatch(/^zigbee2mqtt\/(?!bridge(\/|$))/);
          expect(each.entity.topic).not.toMatch(/\/(set|get|availability)$/);
        }
      }),
    );
  });
});
