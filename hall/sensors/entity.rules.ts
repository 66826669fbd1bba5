import type { Millis, UnixMillis } from '../../contract/ports.ts';
import type { Expression, Template } from './template.rules.ts';
import { at, evaluate, numberOf, payloadOf, rendered } from './template.rules.ts';
import type { Payload } from './template.rules.ts';

/** One thing that a bought sensor measures, and how its messages are read. Plain data, whatever convention told of it. */

/** What we know how to show. `presence` and `contact` also speak about people in a place. */
export const QUANTITIES = [
  'presence',
  'contact',
  'temperature',
  'humidity',
  'co2',
  'illuminance',
  'power',
  'energy',
  'voltage',
  'current',
  'battery',
  'pressure',
  'water-leak',
  'smoke',
  'gas',
  'connectivity',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** How a payload becomes a value: true and false by the words of the maker, or a number in our unit. */
export type Reader =
  | {
      readonly kind: 'yes-no';
      readonly on: string;
      readonly off: string;
      /** Our contact is true when closed; discovery says ON when open. */
      readonly invert: boolean;
    }
  | { readonly kind: 'number'; readonly factor: number; readonly offset: number };

export interface AvailabilityTopic {
  readonly topic: string;
  /** What picks the word out of the payload; null takes both forms of Zigbee2MQTT. */
  readonly template: Template | null;
  readonly available: string;
  readonly notAvailable: string;
}

export interface Entity {
  /** Stable over restarts: `ha/<component>/<node>/<object>[/<key>]`, `z2m/<address>/<property>`. */
  readonly id: string;
  readonly source: 'discovery' | 'zigbee2mqtt';
  /** The physical unit, for people: its name as given by the bridge. */
  readonly device: string;
  /** What this value is called there. */
  readonly name: string;
  readonly model: string | null;
  readonly topic: string;
  readonly template: Template;
  readonly quantity: Quantity;
  readonly unit: string | null;
  readonly reader: Reader;
  readonly availability: {
    readonly mode: 'all' | 'any' | 'latest';
    readonly topics: readonly AvailabilityTopic[];
  };
  /** Silent for longer than this = not known, where the device says so. */
  readonly expireAfterMs: Millis | null;
}

/** Why something that was announced is not read. `refused` is our rule, the others are what we cannot do. */
export type Reason =
  | { readonly code: 'topic-refused'; readonly detail: string }
  | { readonly code: 'not-heard'; readonly detail: string }
  | { readonly code: 'not-a-sensor'; readonly detail: string }
  | { readonly code: 'template'; readonly detail: string }
  | { readonly code: 'quantity'; readonly detail: string }
  | { readonly code: 'unit'; readonly detail: string }
  | { readonly code: 'no-topic'; readonly detail: string }
  | { readonly code: 'off-delay'; readonly detail: string }
  | { readonly code: 'malformed'; readonly detail: string };

/** One announced thing: read, or listed with the reason why not. */
export type Found =
  | { readonly state: 'usable'; readonly entity: Entity }
  | {
      readonly state: 'not-mapped' | 'refused';
      readonly id: string;
      readonly device: string;
      readonly name: string;
      readonly reason: Reason;
    };

export const WHOLE_VALUE: Template = [{ kind: 'value' }];

/** The value at a path of the JSON payload; an empty path is the payload itself. */
export function templateAt(path: readonly (string | number)[]): Template {
  const expression: Expression = path.length === 0 ? { kind: 'value' } : { kind: 'json', path };
  return [expression];
}

/** Topics under these are ours or the broker's: a foreign announcement must not make us believe or touch them [SE3]. */
const RESERVED = ['hall', 'homeassistant'];

/** Why a topic of an announcement is refused, or undefined when it may be listened to. */
export function topicRefusal(topic: unknown): string | undefined {
  if (typeof topic !== 'string' || topic === '') return 'empty';
  if (topic.length > 512) return `${topic.slice(0, 40)}…`;
  const [root = ''] = topic.split('/');
  if (root.startsWith('$') || RESERVED.includes(root.toLowerCase())) return topic;
  return /[+#\u0000]/.test(topic) ? topic : undefined;
}

/** Is a topic below one of the prefixes that this hall listens to. */
export function isHeard(topic: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => topic === prefix || topic.startsWith(`${prefix}/`));
}

/** What a payload on the entity's topic says; undefined when it says nothing about this value [SE5]. */
export function readEntity(entity: Entity, payload: Payload): boolean | number | undefined {
  const value = evaluate(entity.template, payload);
  if (value === undefined || value === '') return undefined;
  const { reader } = entity;
  if (reader.kind === 'yes-no') {
    const word = rendered(value);
    if (same(word, reader.on)) return !reader.invert;
    return same(word, reader.off) ? reader.invert : undefined;
  }
  const number = typeof value === 'boolean' ? undefined : numberOf(value);
  if (number === undefined) return undefined;
  const scaled = number * reader.factor + reader.offset;
  // Floats of a conversion need no fifteen digits.
  return Number.isFinite(scaled) ? Number(scaled.toPrecision(12)) : undefined;
}

/** `1` and `1.0` are one word when both are numbers; Python prints what JSON holds, JavaScript does not know the difference. */
function same(word: string, wanted: string): boolean {
  if (word === wanted) return true;
  const [a, b] = [numberOf(word), numberOf(wanted)];
  return a !== undefined && a === b;
}

/** What one message says of availability; undefined when it is neither word. */
export function availabilitySaid(topic: AvailabilityTopic, text: string): boolean | undefined {
  const value = topic.template === null ? plainOrState(text) : evaluate(topic.template, payloadOf(text));
  if (value === undefined) return undefined;
  const word = rendered(value);
  return same(word, topic.available) ? true : same(word, topic.notAvailable) ? false : undefined;
}

/** Joins what each topic said last; `latest` is the newest word. Undefined = nothing was said yet, which is no "gone". */
export function joinAvailability(
  mode: Entity['availability']['mode'],
  said: readonly (boolean | undefined)[],
  newest: boolean | undefined,
): boolean | undefined {
  if (mode === 'latest') return newest;
  const known = said.filter((each) => each !== undefined);
  if (known.length === 0) return undefined;
  if (mode === 'any') return known.includes(true) ? true : known.length === said.length ? false : undefined;
  return known.includes(false) ? false : known.length === said.length ? true : undefined;
}

/** The device's own time of measuring (`last_seen` of Zigbee2MQTT, or `at`: ISO 8601 or epoch ms), never later than now. */
export function ownTime(payload: Payload, now: UnixMillis): UnixMillis | undefined {
  const raw = at(payload.json, ['last_seen']) ?? at(payload.json, ['at']);
  const time = typeof raw === 'number' ? raw : typeof raw === 'string' ? Date.parse(raw) : Number.NaN;
  // A number that small counts seconds, or nothing we know.
  return Number.isFinite(time) && time > 1e11 ? Math.min(time, now) : undefined;
}

/** `value_json.state` of `{"state":"online"}`, or the plain word: both forms of Zigbee2MQTT. */
function plainOrState(text: string): string {
  const value = at(payloadOf(text).json, ['state']);
  return typeof value === 'string' ? value : text.trim();
}
