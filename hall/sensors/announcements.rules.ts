import type { Words } from '../../contract/ids.ts';
import { OWN_NODE, DISCOVERY_PREFIX } from './discovery.rules.ts';

/**
 * What this hall tells smart-home systems about itself, in Home Assistant's discovery form: positions of doors, places
 * measured as occupied, and whether kiosks and devices are there. Only `sensor` and `binary_sensor`: nothing can be
 * operated through it, and nothing personal is in it. Pure [SE21][SE23].
 */

export interface Announced {
  readonly component: 'binary_sensor' | 'sensor';
  /** Unique in the hall, `[a-z0-9-]`. */
  readonly object: string;
  readonly name: string;
  readonly deviceClass: 'door' | 'occupancy' | 'connectivity' | null;
  /** `None` is Home Assistant's word for "not known". */
  readonly state: 'ON' | 'OFF' | 'None' | number;
}

export interface Telling {
  readonly doors: readonly { readonly number: number; readonly position: 'open' | 'closed' | 'unknown' }[];
  readonly places: readonly {
    readonly number: number;
    readonly name: Words;
    readonly state: 'occupied' | 'empty' | 'unknown';
    readonly confidence: number;
    readonly hasSensors: boolean;
  }[];
  readonly kiosks: readonly {
    readonly id: string;
    readonly name: Words;
    readonly state: 'online' | 'offline' | 'never';
  }[];
  readonly devices: readonly { readonly id: string; readonly state: 'online' | 'offline' | 'never' }[];
}

/** Everything that is announced now. A place without sensors has nothing to say. */
export function announcements(telling: Telling): Announced[] {
  const connectivity = (object: string, name: string, state: 'online' | 'offline' | 'never'): Announced => ({
    component: 'binary_sensor',
    object,
    name,
    deviceClass: 'connectivity',
    state: state === 'online' ? 'ON' : state === 'offline' ? 'OFF' : 'None',
  });
  return [
    ...telling.doors.map(({ number, position }): Announced => ({
      component: 'binary_sensor',
      object: `door-${String(number)}`,
      name: `${String(number)} 号柜门`,
      deviceClass: 'door',
      state: position === 'open' ? 'ON' : position === 'closed' ? 'OFF' : 'None',
    })),
    ...telling.places
      .filter((place) => place.hasSensors)
      .flatMap(({ number, name, state, confidence }): Announced[] => [
        {
          component: 'binary_sensor',
          object: `place-${String(number)}`,
          name: `${name.zh} 占用`,
          deviceClass: 'occupancy',
          state: state === 'occupied' ? 'ON' : state === 'empty' ? 'OFF' : 'None',
        },
        {
          component: 'sensor',
          object: `place-${String(number)}-confidence`,
          name: `${name.zh} 占用把握`,
          deviceClass: null,
          state: confidence,
        },
      ]),
    ...telling.kiosks.map(({ id, name, state }) => connectivity(`kiosk-${id}`, name.zh, state)),
    ...telling.devices.map(({ id, state }) => connectivity(`device-${id}`, id, state)),
  ];
}

export function ownNode(hall: number): string {
  return `${OWN_NODE}${String(hall)}`;
}

/** `<prefix>/<component>/<own node>/<object>/`, to which `config` and `state` are added. */
export function topicOf(
  hall: number,
  { component, object }: Pick<Announced, 'component' | 'object'>,
): string {
  return `${DISCOVERY_PREFIX}/${component}/${ownNode(hall)}/${object}`;
}

/** The retained announcement of one thing. */
export function configOf(
  hall: { readonly number: number; readonly name: Words; readonly availabilityTopic: string },
  announced: Announced,
): Record<string, unknown> {
  const node = ownNode(hall.number);
  return {
    name: announced.name,
    unique_id: `${node}-${announced.object}`,
    state_topic: `${topicOf(hall.number, announced)}/state`,
    availability_topic: hall.availabilityTopic,
    ...(announced.deviceClass === null ? {} : { device_class: announced.deviceClass }),
    ...(announced.component === 'sensor' ? { state_class: 'measurement' } : {}),
    device: { identifiers: [node], name: hall.name.zh, manufacturer: 'union hall in a box' },
    origin: { name: 'union hall in a box' },
  };
}
