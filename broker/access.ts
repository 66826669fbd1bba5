import { accessTable, parseDeviceTopic } from '../contract/topics.ts';
import type { AccessRights, BrokerRole } from '../contract/topics.ts';
import { filterMatches, filterWithin, isReserved, isTopicFilter, isTopicName } from './topic-filter.ts';

/** Why a publish or a subscription is denied; also the label of its counter. */
export type Denial =
  'reserved-topic' | 'bad-topic' | 'not-granted' | 'retain-not-granted' | 'cmd-needs-clean-session';

/** What one credential may do at one hall. Everything that is not granted is denied (BR1). */
export interface Access {
  /** undefined = allowed. */
  publish(topic: string, retain: boolean): Denial | undefined;
  /** undefined = allowed. `clean` = the session is a clean one. */
  subscribe(filter: string, clean: boolean): Denial | undefined;
  /** Whether a message on this topic may be delivered to this credential. */
  receive(topic: string): boolean;
}

/** Answers kept by topic: a device says the same few topics all day, and each answer costs splitting its filters. */
const KEPT_ANSWERS = 2_048;

/** The answer of `decide`, kept; emptied when it holds too many, so that made-up topics cannot fill the memory. */
function remembered<T>(decide: (topic: string) => T): (topic: string) => T {
  const kept = new Map<string, T>();
  return (topic) => {
    const known = kept.get(topic);
    if (known !== undefined) return known;
    if (kept.size >= KEPT_ANSWERS) kept.clear();
    const made = decide(topic);
    kept.set(topic, made);
    return made;
  };
}

/** Rights of a role, from the contract's access table. */
export function accessOf(hall: number, role: BrokerRole): Access {
  const rights: AccessRights = accessTable(hall, role);
  const matchesAny = (filters: readonly string[], topic: string): boolean =>
    filters.some((filter) => filterMatches(filter, topic));
  const isCommand = (topic: string): boolean => parseDeviceTopic(hall, topic)?.channel === 'cmd';
  const publishDenial = remembered((topic): Denial | 'none' => {
    if (isReserved(topic)) return 'reserved-topic';
    if (!isTopicName(topic)) return 'bad-topic';
    return matchesAny(rights.publish, topic) ? 'none' : 'not-granted';
  });
  const mayReceive = remembered((topic) => !isReserved(topic) && matchesAny(rights.subscribe, topic));
  return {
    publish(topic, retain) {
      const denial = publishDenial(topic);
      if (denial !== 'none') return denial;
      // A retained command would open a door at the next reconnect (BR6).
      if (retain && (isCommand(topic) || !matchesAny(rights.retain, topic))) return 'retain-not-granted';
      return undefined;
    },
    subscribe(filter, clean) {
      if (isReserved(filter)) return 'reserved-topic';
      if (!isTopicFilter(filter)) return 'bad-topic';
      if (!rights.subscribe.some((grant) => filterWithin(filter, grant))) return 'not-granted';
      // A stored session would keep commands for later; a command lives 5 s at most (BR7).
      if (!clean && isCommand(filter)) return 'cmd-needs-clean-session';
      return undefined;
    },
    receive: mayReceive,
  };
}
