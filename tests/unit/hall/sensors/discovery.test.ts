import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS, longKeys } from '../../../../hall/sensors/discovery-keys.rules.ts';
import { parseDiscovery, parseDiscoveryTopic } from '../../../../hall/sensors/discovery.rules.ts';
import {
  availabilitySaid,
  joinAvailability,
  readEntity,
  topicRefusal,
} from '../../../../hall/sensors/entity.rules.ts';
import type { Entity, Found } from '../../../../hall/sensors/entity.rules.ts';
import { payloadOf } from '../../../../hall/sensors/template.rules.ts';
import file from '../../../vectors/discovery.json' with { type: 'json' };

interface Vector {
  readonly source: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly usable?: Record<string, unknown>;
  readonly reads?: readonly (readonly [string, boolean | number | null])[];
  readonly availability?: readonly (readonly [string, string, boolean | null])[];
  readonly lost?: { readonly state: string; readonly code: string };
}
const vectors = file.vectors as unknown as readonly Vector[];

function find(topic: string, payload: unknown): Found[] {
  const named = parseDiscoveryTopic(topic);
  if (named === undefined) throw new Error(`no discovery topic: ${topic}`);
  return parseDiscovery(named, typeof payload === 'string' ? payload : JSON.stringify(payload));
}

function usable(found: readonly Found[]): Entity {
  const [only] = found;
  if (only?.state !== 'usable') throw new Error(`not usable: ${JSON.stringify(found)}`);
  return only.entity;
}

const motion = {
  name: 'PIR',
  dev_cla: 'motion',
  stat_t: 'x/pir',
  dev: { ids: 'x', name: 'Court 1' },
};

describe('discovery', () => {
  test('[SE1] announcements of four projects and malformed ones become what the vectors say', () => {
    for (const source of ['tasmota', 'esphome', 'zigbee2mqtt', 'openmqttgateway', 'malformed'])
      expect(vectors.filter((each) => each.source === source).length, source).toBeGreaterThanOrEqual(10);
    for (const vector of vectors) {
      const found = find(vector.topic, vector.payload);
      expect(found, vector.topic).toHaveLength(1);
      if (vector.lost !== undefined) {
        const [lost] = found;
        if (lost?.state === 'usable' || lost === undefined) throw new Error(`${vector.topic} is not lost`);
        expect({ state: lost.state, code: lost.reason.code }, vector.topic).toEqual(vector.lost);
        continue;
      }
      const entity = usable(found);
      expect(entity, vector.topic).toMatchObject(vector.usable ?? {});
      for (const [payload, value] of vector.reads ?? [])
        expect(readEntity(entity, payloadOf(payload)) ?? null, `${vector.topic} ${payload}`).toBe(value);
      for (const [topic, payload, said] of vector.availability ?? []) {
        const named = entity.availability.topics.find((each) => each.topic === topic);
        expect(named, topic).toBeDefined();
        if (named !== undefined) expect(availabilitySaid(named, payload) ?? null, payload).toBe(said);
      }
    }
  });

  test('[SE1] short and long keys mean the same, in single and in device form', () => {
    const options = {
      name: 'T',
      stat_t: '~/s',
      '~': 'base/t',
      dev_cla: 'temperature',
      unit_of_meas: '°C',
      val_tpl: '{{ value_json.t }}',
      exp_aft: 60,
      avty: [{ t: '~/lwt', pl_avail: 'up', pl_not_avail: 'down' }],
      avty_mode: 'any',
    };
    const long = longKeys(options, KEYS);
    const device = { ids: ['a'], name: 'D', mf: 'M', mdl: 'X' };
    const short = usable(find('homeassistant/sensor/n/t/config', { ...options, dev: device }));
    expect(usable(find('homeassistant/sensor/n/t/config', { ...long, device }))).toEqual(short);
    const whole = find('homeassistant/device/n/config', {
      dev: device,
      o: { name: 'o' },
      cmps: { t: { p: 'sensor', ...options }, gone: { p: 'sensor' } },
    });
    expect(usable(whole)).toEqual({ ...short, id: 'ha/device/-/n/t' });
    expect(whole).toHaveLength(1);
    expect(short).toMatchObject({ topic: 'base/t/s', model: 'M X', expireAfterMs: 60_000 });
    expect(short.availability).toMatchObject({
      mode: 'any',
      topics: [{ topic: 'base/t/lwt', available: 'up' }],
    });
    // Topic and availability may stand once for all parts.
    const shared = usable(
      find('homeassistant/device/n/config', {
        dev: device,
        stat_t: 'base/all',
        avty_t: 'base/lwt',
        cmps: { h: { p: 'sensor', dev_cla: 'humidity', val_tpl: '{{ value_json.h }}' } },
      }),
    );
    expect([shared.topic, shared.availability.topics[0]?.topic]).toEqual(['base/all', 'base/lwt']);
  });

  test('[SE1] every short key is written once and leads to a key that is not itself short', () => {
    for (const [short, long] of KEYS) if (short !== long) expect(KEYS.get(long) ?? long, short).toBe(long);
    expect(KEYS.size).toBeGreaterThan(200);
    for (const [short, long] of [
      ['stat_t', 'state_topic'],
      ['val_tpl', 'value_template'],
      ['cmps', 'components'],
      ['avty_t', 'availability_topic'],
    ])
      expect(KEYS.get(short ?? '')).toBe(long);
  });

  test('[SE1] an empty payload takes an announcement back; topics of another shape are none', () => {
    expect(find('homeassistant/sensor/n/t/config', '')).toEqual([]);
    for (const topic of [
      'homeassistant/status',
      'homeassistant/sensor/t/state',
      'homeassistant/sensor/config',
      'homeassistant/sensor/a/b/c/config',
      'homeassistant/sensor/a b/config',
      'homeassistant/sen sor/a/config',
      'zigbee2mqtt/sensor/a/config',
    ])
      expect(parseDiscoveryTopic(topic), topic).toBeUndefined();
    expect(parseDiscoveryTopic('ha/sensor/a/config', 'ha')).toMatchObject({ object: 'a', node: undefined });
  });

  test('[SE2] the base topic stands first or last, and only in keys that end in topic', () => {
    const entity = usable(
      find('homeassistant/binary_sensor/x/config', {
        ...motion,
        '~': 'base',
        stat_t: 'a/~',
        name: '~ here ~',
        pl_on: '~',
      }),
    );
    expect([entity.topic, entity.name]).toEqual(['a/base', '~ here ~']);
    expect(readEntity(entity, payloadOf('~'))).toBe(true);
    const middle = usable(
      find('homeassistant/binary_sensor/x/config', { ...motion, '~': 'b', stat_t: 'a/~/c' }),
    );
    expect(middle.topic).toBe('a/~/c');
  });

  test('[SE3] no announcement makes us listen to or name a topic of ours or of the broker', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('hall/', 'homeassistant/', '$SYS/', 'HALL/', '$share/'),
        fc.string({ maxLength: 20 }),
        fc.constantFrom('stat_t', 'state_topic', 'cmd_t', 'avty_t', 'json_attr_t', 'anything_topic'),
        fc.boolean(),
        (root, rest, key, base) => {
          const options = base
            ? { ...motion, '~': root.slice(0, -1), [key]: `~/${rest}` }
            : { ...motion, [key]: root + rest };
          const [found] = find('homeassistant/binary_sensor/x/config', options);
          expect(found).toMatchObject({ state: 'refused', reason: { code: 'topic-refused' } });
        },
      ),
    );
    expect(topicRefusal('hallway/x')).toBeUndefined();
  });

  test('[SE1] whatever comes on a discovery topic, nothing throws and what is usable is sound', () => {
    const topics = [
      'homeassistant/sensor/n/t/config',
      'homeassistant/device/n/config',
      'homeassistant/binary_sensor/t/config',
    ];
    const keys = fc.constantFrom(...KEYS.keys(), ...KEYS.values(), '__proto__', 'constructor');
    const words = fc.constantFrom(
      '~',
      'a/b',
      'sensor',
      'temperature',
      'motion',
      '°C',
      '{{ value_json.a }}',
      '{{',
      '',
    );
    const payload = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        words,
        fc.json({ maxDepth: 1 }),
        fc.boolean(),
        fc.integer(),
        fc.constant(null),
        tie('object'),
        fc.array(tie('object'), { maxLength: 3 }),
      ),
      object: fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
    })).object;
    fc.assert(
      fc.property(fc.constantFrom(...topics), payload, (topic, value) => {
        for (const found of find(topic, value)) {
          if (found.state !== 'usable') continue;
          expect(topicRefusal(found.entity.topic)).toBeUndefined();
          for (const each of found.entity.availability.topics)
            expect(topicRefusal(each.topic)).toBeUndefined();
          const read = readEntity(found.entity, payloadOf('{"a":1}'));
          if (typeof read === 'number') expect(Number.isFinite(read)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...topics), fc.string(), (topic, text) => {
        find(topic, text);
      }),
    );
  });

  test('[SE8] availability: all, any, latest; nothing said is not "gone"', () => {
    expect(joinAvailability('all', [true, undefined], true)).toBeUndefined();
    expect(joinAvailability('all', [true, true], true)).toBe(true);
    expect(joinAvailability('all', [true, false], true)).toBe(false);
    expect(joinAvailability('any', [false, undefined], false)).toBeUndefined();
    expect(joinAvailability('any', [false, true], false)).toBe(true);
    expect(joinAvailability('any', [false, false], false)).toBe(false);
    expect(joinAvailability('latest', [true, false], true)).toBe(true);
    expect(joinAvailability('latest', [undefined], undefined)).toBeUndefined();
    expect(joinAvailability('all', [], undefined)).toBeUndefined();
  });

  test('[SE20] what this program announces itself is never read back', () => {
    expect(find('homeassistant/binary_sensor/unionhall-1001/door-1/config', motion)).toEqual([]);
  });
});
