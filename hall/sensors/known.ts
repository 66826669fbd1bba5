import type { UnixMillis } from '../../contract/ports.ts';
import type { Entity, Found } from './entity.rules.ts';

/** A found entity with what was heard of it since the start. */
export interface Known {
  readonly entity: Entity;
  value: boolean | number | undefined;
  /** When it was measured; undefined when its age is not known. */
  measuredAt: UnixMillis | undefined;
  available: boolean;
  /** What each availability topic said last, in the entity's order, and the newest word of all. */
  readonly said: (boolean | undefined)[];
  newest: boolean | undefined;
}

/** More than this on one bus is no hall; what comes after is counted and left. */
const MOST_ENTITIES = 10_000;

/** Everything announced, by announcement, by state topic and by availability topic. Memory only: brokers keep announcements. */
export function createKnownBook() {
  const byId = new Map<string, Known>();
  const byTopic = new Map<string, Known[]>();
  const byAvailability = new Map<string, { readonly known: Known; readonly index: number }[]>();
  const lost = new Map<string, Exclude<Found, { state: 'usable' }>>();
  const announced = new Map<string, readonly string[]>();
  let dropped = 0;

  function forget(id: string): void {
    lost.delete(id);
    const known = byId.get(id);
    if (known === undefined) return;
    byId.delete(id);
    const { topic, availability } = known.entity;
    keep(byTopic, topic, (each) => each !== known);
    for (const each of availability.topics) keep(byAvailability, each.topic, (one) => one.known !== known);
  }

  return {
    get: (id: string): Known | undefined => byId.get(id),
    all: (): IterableIterator<Known> => byId.values(),
    lost: (): IterableIterator<Exclude<Found, { state: 'usable' }>> => lost.values(),
    on: (topic: string): readonly Known[] | undefined => byTopic.get(topic),
    availableOn: (topic: string) => byAvailability.get(topic),
    dropped: (): number => dropped,
    /**
     * Replaces what one announcement said before. An entity that is announced again unchanged keeps what was heard of it.
     * @returns ids that are gone, and entities that are new or read in another way now.
     */
    announce: (source: string, found: readonly Found[]): { gone: string[]; fresh: Known[] } => {
      const before = announced.get(source) ?? [];
      const ids = new Set(found.map((each) => (each.state === 'usable' ? each.entity.id : each.id)));
      const gone = before.filter((id) => !ids.has(id));
      for (const id of gone) forget(id);
      const fresh: Known[] = [];
      for (const each of found) {
        if (each.state !== 'usable') {
          forget(each.id);
          if (lost.size < MOST_ENTITIES) lost.set(each.id, each);
          else dropped += 1;
          continue;
        }
        const { entity } = each;
        const old = byId.get(entity.id);
        if (old !== undefined && JSON.stringify(old.entity) === JSON.stringify(entity)) continue;
        forget(entity.id);
        if (byId.size >= MOST_ENTITIES) {
          dropped += 1;
          continue;
        }
        const known: Known = {
          entity,
          value: undefined,
          measuredAt: undefined,
          available: true,
          said: entity.availability.topics.map(() => undefined),
          newest: undefined,
        };
        byId.set(entity.id, known);
        byTopic.set(entity.topic, [...(byTopic.get(entity.topic) ?? []), known]);
        for (const [index, { topic }] of entity.availability.topics.entries())
          byAvailability.set(topic, [...(byAvailability.get(topic) ?? []), { known, index }]);
        fresh.push(known);
      }
      if (ids.size === 0) announced.delete(source);
      else announced.set(source, [...ids]);
      return { gone, fresh };
    },
  };
}

function keep<T>(map: Map<string, T[]>, key: string, wanted: (each: T) => boolean): void {
  const left = (map.get(key) ?? []).filter(wanted);
  if (left.length === 0) map.delete(key);
  else map.set(key, left);
}
