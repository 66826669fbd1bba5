import { templateAt } from './entity.rules.ts';
import type { Entity, Found, Reader, Reason } from './entity.rules.ts';
import { isYesNo, numberReader, ZIGBEE_NAMES } from './quantities.rules.ts';
import { rendered } from './template.rules.ts';

/**
 * Zigbee2MQTT's own list of devices (`<base>/bridge/devices`, retained) -> what they measure. Pure [SE6].
 * zigbee2mqtt.io, pages "MQTT topics and messages" and "Exposes", is the source of names and forms.
 */

export const ZIGBEE_BASE = 'zigbee2mqtt';
const MOST_DEVICES = 1000;
/** Bit of `access`: the property is in published states. */
const PUBLISHED = 1;

type Plain = Readonly<Record<string, unknown>>;

/** @param payload text of `<base>/bridge/devices`; undefined when it is no such list. */
export function parseBridgeDevices(payload: string, base = ZIGBEE_BASE): Found[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(payload);
  } catch (_notJson) {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  return (list as unknown[]).slice(0, MOST_DEVICES).flatMap((each) => device(each, base));
}

function device(value: unknown, base: string): Found[] {
  const found = plain(value);
  if (found === undefined || found['type'] === 'Coordinator' || found['disabled'] === true) return [];
  const address = text(found['ieee_address']);
  const name = text(found['friendly_name']);
  if (address === undefined || name === undefined) return [];
  const no = (code: Reason['code'], detail: string, what = name): Found => ({
    state: code === 'topic-refused' ? 'refused' : 'not-mapped',
    id: `z2m/${address}/${what === name ? '' : what}`,
    device: name,
    name: what,
    reason: { code, detail: detail.slice(0, 120) },
  });
  // A name may hold slashes, but no wildcard, and nothing that leads into the bridge's own topics.
  if (/[+#\u0000]|^\/|\/$|^bridge(\/|$)|(^|\/)(set|get|availability)$/.test(name))
    return [no('topic-refused', `${base}/${name}`)];
  const definition = plain(found['definition']);
  const exposes = definition?.['exposes'];
  if (!Array.isArray(exposes)) return [no('quantity', 'definition')];
  const about = {
    address,
    name,
    topic: `${base}/${name}`,
    base,
    model: [text(definition?.['vendor']), text(definition?.['model'])].filter(Boolean).join(' ') || null,
  };
  return (exposes as unknown[]).slice(0, 200).flatMap((each) => {
    const exposed = plain(each);
    if (exposed === undefined) return [];
    const property = text(exposed['property']);
    const known = text(exposed['name']);
    // Lights, switches and locks hold their parts as features: commands, which we never send.
    if (Array.isArray(exposed['features']))
      return [no('not-a-sensor', text(exposed['type']) ?? '', known ?? text(exposed['type']) ?? '?')];
    if (property === undefined || known === undefined) return [];
    if (!Object.hasOwn(ZIGBEE_NAMES, known)) {
      // Settings and diagnosis (link quality, sensitivity) are no news to staff.
      return exposed['category'] !== undefined || known === 'linkquality'
        ? []
        : [no('quantity', known, property)];
    }
    const read = measured(exposed, known);
    if ('code' in read) return [no(read.code, read.detail, property)];
    return [{ state: 'usable' as const, entity: entity(about, property, known, read) }];
  });
}

function measured(exposed: Plain, known: string): Pick<Entity, 'quantity' | 'unit' | 'reader'> | Reason {
  const quantity = ZIGBEE_NAMES[known];
  if (quantity === undefined) return { code: 'quantity', detail: known };
  const { access } = exposed;
  if (typeof access === 'number' && (access & PUBLISHED) === 0) return { code: 'no-topic', detail: 'access' };
  if (isYesNo(quantity)) {
    if (exposed['type'] !== 'binary') return { code: 'quantity', detail: known };
    // contact: true = closed, whatever value_on is called.
    const [on, off] =
      quantity === 'contact'
        ? ['True', 'False']
        : [wordOf(exposed['value_on'], 'True'), wordOf(exposed['value_off'], 'False')];
    if (on === off) return { code: 'malformed', detail: 'value_on' };
    const reader: Reader = { kind: 'yes-no', on, off, invert: false };
    return { quantity, unit: null, reader };
  }
  if (exposed['type'] !== 'numeric') return { code: 'quantity', detail: known };
  const unit = text(exposed['unit']);
  const number = numberReader(quantity, unit);
  return number === undefined ? { code: 'unit', detail: unit ?? '' } : { quantity, ...number };
}

function entity(
  about: { address: string; name: string; topic: string; base: string; model: string | null },
  property: string,
  known: string,
  read: Pick<Entity, 'quantity' | 'unit' | 'reader'>,
): Entity {
  const word = { template: null, available: 'online', notAvailable: 'offline' };
  return {
    id: `z2m/${about.address}/${property}`,
    source: 'zigbee2mqtt',
    device: about.name,
    name: known === property ? known : property,
    model: about.model,
    topic: about.topic,
    template: templateAt([property]),
    ...read,
    availability: {
      mode: 'all',
      topics: [
        { topic: `${about.topic}/availability`, ...word },
        { topic: `${about.base}/bridge/state`, ...word },
      ],
    },
    expireAfterMs: null,
  };
}

function plain(value: unknown): Plain | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined;
}

function wordOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? rendered(value)
    : otherwise;
}
