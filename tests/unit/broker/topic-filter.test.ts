import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterMatches, filterWithin, isTopicFilter, isTopicName } from '../../../broker/topic-filter.ts';

/** All topics of up to four levels over a small alphabet with one level that no filter names. */
const LEVELS = ['a', 'b', '', 'z', '$s'];
function topicsUpTo(depth: number): string[] {
  let rows: string[][] = [[]];
  const all: string[] = [];
  for (let level = 0; level < depth; level += 1) {
    rows = rows.flatMap((row) => LEVELS.map((name) => [...row, name]));
    all.push(...rows.map((row) => row.join('/')));
  }
  return all.filter((topic) => topic !== '');
}
const TOPICS = topicsUpTo(4);

/** Matching told a second way, as a regular expression, so that one mistake is not made twice. */
function matcher(filter: string): (topic: string) => boolean {
  const parts = filter.split('/');
  const hash = parts.at(-1) === '#';
  const body = (hash ? parts.slice(0, -1) : parts)
    .map((part) => (part === '+' ? '[^/]*' : part.replaceAll('$', '\\$')))
    .join('/');
  const expression = new RegExp(hash ? (parts.length === 1 ? '^.*$' : `^${body}(/.*)?$`) : `^${body}$`);
  const wild = parts[0] === '+' || parts[0] === '#';
  return (topic) => !(wild && topic.startsWith('$')) && expression.test(topic);
}

const filters = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '', '+', '$s'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, hash]) => (hash ? [...levels.slice(0, 2), '#'] : levels).join('/'))
  .filter((filter) => filter !== '');

describe('[BR3] filters are compared as sets of topics', () => {
  test('[BR3] matching agrees with a second, brute-force matcher', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const matches = matcher(filter);
        for (const topic of TOPICS)
          expect(filterMatches(filter, topic), `${filter} on ${topic}`).toBe(matches(topic));
      }),
      { numRuns: 150 },
    );
  });

  test('[BR3] containment is exactly "every topic of the one is a topic of the other"', () => {
    const matched = new Map<string, Set<string>>();
    const setOf = (filter: string): Set<string> => {
      const known = matched.get(filter) ?? new Set(TOPICS.filter(matcher(filter)));
      matched.set(filter, known);
      return known;
    };
    fc.assert(
      fc.property(filters, filters, (filter, grant) => {
        // '/#' also names the parent of '/', an empty topic that MQTT forbids and TOPICS therefore lacks.
        fc.pre(filter !== '/#');
        expect(filterWithin(filter, grant), `${filter} within ${grant}`).toBe(
          setOf(filter).isSubsetOf(setOf(grant)),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  test('[BR3] only well-formed names and filters count', () => {
    for (const good of ['a', '/', 'a/+', '+/+', '#', 'a/#', 'a//b'])
      expect(isTopicFilter(good), good).toBe(true);
    for (const bad of ['', 'a+', 'a/+b', '#/a', 'a#', 'a/#/b', 'a\0b', 'x'.repeat(2000)])
      expect(isTopicFilter(bad), bad).toBe(false);
    for (const bad of ['', 'a/+', '#', 'a\0', 'a/+/#']) expect(isTopicName(bad), bad).toBe(false);
    expect(isTopicName('hall/1/time')).toBe(true);
  });
});
