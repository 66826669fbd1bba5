import { describe, expect, test } from 'vitest';
import { accessOf } from '../../../broker/access.ts';

const device = accessOf(7, { kind: 'device', device: 'lock-1' });
const hall = accessOf(7, { kind: 'hall' });
const bridge = accessOf(7, { kind: 'bridge', prefixes: ['zigbee2mqtt'] });

describe('access of one credential', () => {
  test('[BR5] a device publishes its own four channels and nothing else', () => {
    for (const channel of ['state', 'event', 'outcome', 'availability'])
      expect(device.publish(`hall/7/dev/lock-1/${channel}`, false)).toBeUndefined();
    for (const topic of [
      'hall/7/dev/lock-1/cmd',
      'hall/7/dev/lock-2/event',
      'hall/8/dev/lock-1/event',
      'hall/7/time',
      'hall/7/occupancy/1',
      'zigbee2mqtt/x',
      'hall/7/dev/lock-1/event/x',
    ])
      expect(device.publish(topic, false), topic).toBe('not-granted');
  });

  test('[BR3] a device hears its commands and the time, and no wider filter', () => {
    expect(device.subscribe('hall/7/dev/lock-1/cmd', true)).toBeUndefined();
    expect(device.subscribe('hall/7/time', true)).toBeUndefined();
    for (const filter of [
      '#',
      '+/7/time',
      'hall/+/dev/#',
      'hall/7/dev/+/cmd',
      'hall/7/#',
      'hall/7/dev/lock-1/#',
      'hall/7/dev/lock-1/+',
      'hall/7/dev/lock-2/cmd',
      'hall/7/time/#',
    ])
      expect(device.subscribe(filter, true), filter).toBe('not-granted');
  });

  test('[BR6] retain only where the table says so; a retained command by nobody', () => {
    expect(device.publish('hall/7/dev/lock-1/state', true)).toBeUndefined();
    expect(device.publish('hall/7/dev/lock-1/event', true)).toBe('retain-not-granted');
    expect(hall.publish('hall/7/dev/lock-1/cmd', false)).toBeUndefined();
    expect(hall.publish('hall/7/dev/lock-1/cmd', true)).toBe('retain-not-granted');
    expect(hall.publish('hall/7/time', true)).toBe('retain-not-granted');
  });

  test('[BR7] a session that is kept cannot hold a command filter, the time it can', () => {
    expect(device.subscribe('hall/7/dev/lock-1/cmd', false)).toBe('cmd-needs-clean-session');
    expect(device.subscribe('hall/7/time', false)).toBeUndefined();
  });

  test('[BR8] nothing that starts with $ is granted to anybody', () => {
    for (const access of [device, hall, bridge]) {
      expect(access.subscribe('$SYS/#', true)).toBe('reserved-topic');
      expect(access.subscribe('$share/g/hall/7/time', true)).toBe('reserved-topic');
      expect(access.publish('$SYS/x/new/clients', false)).toBe('reserved-topic');
      expect(access.receive('$SYS/x')).toBe(false);
    }
  });

  test('[BR3] a bridge keeps to its prefixes', () => {
    expect(bridge.subscribe('zigbee2mqtt/#', false)).toBeUndefined();
    expect(bridge.publish('zigbee2mqtt/door/set', true)).toBeUndefined();
    for (const filter of ['#', 'homeassistant/#', 'hall/7/time', '+/door', 'zigbee2mqtt2/#'])
      expect(bridge.subscribe(filter, false), filter).toBe('not-granted');
  });
});
