import { DEVICE_KEYS, KEYS, longKeys } from './discovery-keys.rules.ts';
import { topicRefusal, WHOLE_VALUE } from './entity.rules.ts';
import type { AvailabilityTopic, Entity, Found, Reader, Reason } from './entity.rules.ts';
import { BINARY_CLASSES, numberReader, SENSOR_CLASSES } from './quantities.rules.ts';
import { parseTemplate, rendered } from './template.rules.ts';

/**
 * Home Assistant's MQTT discovery, read: one announcement -> what it lets us measure. Pure [SE1..SE5].
 * Home Assistant's documentation of the MQTT integration is the source of topic shapes, keys and defaults.
 */

export const DISCOVERY_PREFIX = 'homeassistant';
/** The node of what this program announces itself: never read back [SE20]. */
export const OWN_NODE = 'unionhall-';
/** A node describes its parts in one message; more than this is no facility sensor. */
const MOST_COMPONENTS = 200;

export interface DiscoveryTopic {
  readonly component: string;
  readonly node: string | undefined;
  readonly object: string;
}

/** `<prefix>/<component>/[<node>/]<object>/config`, else undefined. */
export function parseDiscoveryTopic(topic: string, prefix = DISCOVERY_PREFIX): DiscoveryTopic | undefined {
  if (!topic.startsWith(`${prefix}/`)) return undefined;
  const parts = topic.slice(prefix.length + 1).split('/');
  if (parts.length < 3 || parts.length > 4 || parts.at(-1) !== 'config') return undefined;
  const [component = ''] = parts;
  const object = parts.at(-2) ?? '';
  const node = parts.length === 4 ? parts[1] : undefined;
  if (!/^\w+$/.test(component)) return undefined;
  return [object, node ?? 'x'].every((id) => /^[a-zA-Z0-9_-]{1,128}$/.test(id))
    ? { component, node, object }
    : undefined;
}

type Plain = Readonly<Record<string, unknown>>;

/**
 * What an announcement holds. An empty payload takes it back: then, and for our own announcements, nothing is found.
 * @param payload the text as it came; anything may be in it.
 */
export function parseDiscovery(named: DiscoveryTopic, payload: string): Found[] {
  if (payload === '' || named.node?.startsWith(OWN_NODE) === true) return [];
  const id = ['ha', named.component, named.node ?? '-', named.object].join('/');
  const object = objectOf(payload);
  if (object === undefined) return [lost(id, named.object, named.object, 'malformed', 'JSON')];
  const whole = withBase(longKeys(object, KEYS));
  const device = plain(whole['device']);
  const deviceLong = device === undefined ? undefined : longKeys(device, DEVICE_KEYS);
  const about = {
    name: words(deviceLong?.['name']) ?? words(deviceLong?.['model']) ?? named.node ?? named.object,
    model:
      [words(deviceLong?.['manufacturer']), words(deviceLong?.['model'])].filter(Boolean).join(' ') || null,
  };
  if (named.component !== 'device') return [component(id, named.component, whole, about)];

  const parts = plain(whole['components']);
  if (parts === undefined) return [lost(id, about.name, about.name, 'malformed', 'components')];
  return Object.entries(parts)
    .slice(0, MOST_COMPONENTS)
    .flatMap(([key, value]) => {
      const part = plain(value);
      const partId = `${id}/${key.slice(0, 128)}`;
      if (part === undefined) return [lost(partId, about.name, key, 'malformed', key)];
      const own = longKeys(part, KEYS);
      const platform = words(own['platform']);
      // A part that names its platform and nothing else is taken back.
      if (Object.keys(own).length <= 1) return [];
      if (platform === undefined) return [lost(partId, about.name, key, 'malformed', 'platform')];
      const shared = Object.fromEntries(Object.entries(whole).filter(([name]) => SHARED.includes(name)));
      const base = typeof own['~'] === 'string' ? own : { ...own, '~': whole['~'] };
      return [component(partId, platform, { ...shared, ...withBase(base) }, about)];
    });
}

/** Keys of the device form that hold for each part unless it says otherwise. */
const SHARED = [
  'availability',
  'availability_mode',
  'availability_topic',
  'availability_template',
  'payload_available',
  'payload_not_available',
  'state_topic',
  'command_topic',
  'encoding',
];

interface About {
  readonly name: string;
  readonly model: string | null;
}

function component(id: string, platform: string, options: Plain, about: About): Found {
  const name = words(options['name']) ?? about.name;
  const no = (code: Reason['code'], detail: string): Found => lost(id, about.name, name, code, detail);
  const refused = refusedTopic(options);
  if (refused !== undefined) return no('topic-refused', refused);
  if (platform !== 'sensor' && platform !== 'binary_sensor') return no('not-a-sensor', platform.slice(0, 40));
  const topic = options['state_topic'];
  if (typeof topic !== 'string') return no('no-topic', 'state_topic');
  const encoding = options['encoding'];
  if (encoding !== undefined && encoding !== 'utf-8' && encoding !== 'utf8')
    return no('malformed', 'encoding');
  // It never says "off" by itself: after a while nobody knows whether somebody is there.
  if (options['off_delay'] !== undefined && options['off_delay'] !== null)
    return no('off-delay', 'off_delay');

  const read = parseTemplate(text(options['value_template']) ?? '{{ value }}');
  if (!read.ok) return no('template', read.piece);
  const measured = platform === 'sensor' ? sensor(options) : binary(options);
  if ('code' in measured) return no(measured.code, measured.detail);
  const availability = availabilityOf(options);
  if ('code' in availability) return no(availability.code, availability.detail);
  const expires = options['expire_after'];
  return {
    state: 'usable',
    entity: {
      id,
      source: 'discovery',
      device: about.name,
      name,
      model: about.model,
      topic,
      template: read.template.length === 0 ? WHOLE_VALUE : read.template,
      quantity: measured.quantity,
      unit: measured.unit,
      reader: measured.reader,
      availability,
      expireAfterMs: typeof expires === 'number' && expires > 0 ? Math.max(1000, expires * 1000) : null,
    },
  };
}

type Measured = Pick<Entity, 'quantity' | 'unit' | 'reader'> | Reason;

function sensor(options: Plain): Measured {
  const named = text(options['device_class']);
  const quantity =
    named !== undefined && Object.hasOwn(SENSOR_CLASSES, named) ? SENSOR_CLASSES[named] : undefined;
  if (quantity === undefined) return { code: 'quantity', detail: named ?? '' };
  const unit = text(options['unit_of_measurement']);
  const number = numberReader(quantity, unit);
  return number === undefined ? { code: 'unit', detail: unit ?? '' } : { quantity, ...number };
}

function binary(options: Plain): Measured {
  const named = text(options['device_class']);
  const found =
    named !== undefined && Object.hasOwn(BINARY_CLASSES, named) ? BINARY_CLASSES[named] : undefined;
  if (found === undefined) return { code: 'quantity', detail: named ?? '' };
  const on = word(options['payload_on'], 'ON');
  const off = word(options['payload_off'], 'OFF');
  if (on === off) return { code: 'malformed', detail: 'payload_on' };
  const reader: Reader = { kind: 'yes-no', on, off, invert: found.invert };
  return { quantity: found.quantity, unit: null, reader };
}

/** One topic, a list, or none; words and template may be given beside each. */
function availabilityOf(options: Plain): Entity['availability'] | Reason {
  const single = options['availability_topic'];
  const listed = options['availability'];
  const sources: Plain[] =
    typeof single === 'string'
      ? [{ ...options, topic: single, value_template: options['availability_template'] }]
      : (Array.isArray(listed) ? listed : listed === undefined || listed === null ? [] : [listed]).flatMap(
          (each: unknown) => {
            const one = plain(each);
            return one === undefined ? [] : [longKeys(one, KEYS)];
          },
        );
  const topics: AvailabilityTopic[] = [];
  for (const source of sources.slice(0, 20)) {
    const { topic } = source;
    if (typeof topic !== 'string') return { code: 'no-topic', detail: 'availability' };
    const read = parseTemplate(text(source['value_template']) ?? '{{ value }}');
    if (!read.ok) return { code: 'template', detail: read.piece };
    topics.push({
      topic,
      template: read.template,
      available: word(source['payload_available'], 'online'),
      notAvailable: word(source['payload_not_available'], 'offline'),
    });
  }
  const mode = options['availability_mode'] ?? 'latest';
  return mode === 'all' || mode === 'any' || mode === 'latest'
    ? { mode, topics }
    : { code: 'malformed', detail: 'availability_mode' };
}

/** `~` stands for the base topic, only in keys that end in "topic" and only first or last in the value [SE2]. */
function withBase(options: Record<string, unknown>): Record<string, unknown> {
  const base = options['~'];
  if (typeof base !== 'string') return options;
  const filled = (value: unknown): unknown => {
    if (typeof value !== 'string' || value === '') return value;
    const first = value.startsWith('~') ? base + value.slice(1) : value;
    return first.endsWith('~') ? first.slice(0, -1) + base : first;
  };
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(options))
    out[key] = key.endsWith('topic') ? filled(value) : value;
  const { availability } = out;
  if (availability !== undefined && availability !== null) {
    const list: readonly unknown[] = Array.isArray(availability) ? availability : [availability];
    out['availability'] = list.map((each) => {
      const one = plain(each);
      if (one === undefined) return each;
      const long = longKeys(one, KEYS);
      return { ...long, topic: filled(long['topic']) };
    });
  }
  return out;
}

/** The first topic, of any key, that nobody but us or the broker may use [SE3]. */
function refusedTopic(options: Plain): string | undefined {
  for (const [key, value] of Object.entries(options)) {
    if (!key.endsWith('topic') || value === undefined || value === null) continue;
    const refused = topicRefusal(value);
    if (refused !== undefined) return `${key}: ${refused}`;
  }
  const listed = options['availability'];
  for (const each of Array.isArray(listed) ? (listed as unknown[]) : listed === undefined ? [] : [listed]) {
    const one = plain(each);
    const refused = one === undefined ? undefined : topicRefusal(longKeys(one, KEYS)['topic']);
    if (refused !== undefined) return `availability: ${refused}`;
  }
  return undefined;
}

function lost(id: string, device: string, name: string, code: Reason['code'], detail: string): Found {
  return {
    state: code === 'topic-refused' ? 'refused' : 'not-mapped',
    id,
    device,
    name: name.slice(0, 80),
    reason: { code, detail: detail.slice(0, 120) },
  };
}

function objectOf(payload: string): Plain | undefined {
  try {
    return plain(JSON.parse(payload));
  } catch (_notJson) {
    return undefined;
  }
}

function plain(value: unknown): Plain | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Words for people: no control characters, no endless names. */
function words(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== ''
    ? value
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 80)
    : undefined;
}

/** A payload word as Home Assistant keeps it: a JSON true becomes `True`, as templates print it. */
function word(value: unknown, otherwise: string): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? rendered(value)
    : otherwise;
}
