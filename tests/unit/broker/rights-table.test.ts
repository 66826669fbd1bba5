import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessOf } from '../../../broker/access.ts';
import { filterMatches } from '../../../broker/topic-filter.ts';
import { BridgePrefix, accessTable } from '../../../contract/topics.ts';
import { HALL, named, patterns, rights, roleNames, roleOf, wideFilters } from '../../support/rights-table.ts';

const ID = 'bank-1';
const known = roleNames.flatMap((name) => {
  const role = roleOf(name, ID);
  return role === undefined ? [] : [{ name, role, access: accessOf(HALL, role) }];
});

describe('every role against every topic', () => {
  for (const { name, access } of known) {
    test(`[BR37] ${name}: says, keeps and hears what the hand-written table grants, and nothing else`, () => {
      for (const pattern of patterns) {
        const topic = named(pattern, ID);
        const { says, keeps, hears } = rights[name];
        expect(access.publish(topic, false) === undefined, `${topic} said`).toBe(says.includes(pattern));
        expect(access.publish(topic, true) === undefined, `${topic} kept`).toBe(keeps.includes(pattern));
        expect(access.receive(topic), `${topic} received`).toBe(hears.includes(pattern));
        expect(access.subscribe(topic, true) === undefined, `${topic} asked for`).toBe(
          hears.includes(pattern),
        );
        const stored = hears.includes(pattern) && !pattern.endsWith('/cmd');
        expect(access.subscribe(topic, false) === undefined, `${topic} in a stored session`).toBe(stored);
      }
    });

    test(`[BR37] ${name}: a filter with wildcards is granted only where the table names all of it`, () => {
      for (const pattern of wideFilters) {
        const filter = named(pattern, ID);
        const granted = rights[name].wide.includes(pattern);
        expect(access.subscribe(filter, true) === undefined, filter).toBe(granted);
        expect(access.publish(filter, false), filter).toBeDefined();
      }
    });
  }

  test('[BR37] whatever filter is granted, it matches no topic that the table does not', () => {
    const words = ['hall', '7', '8', 'dev', ID, 'bank-2', 'cmd', 'state', 'event', 'time', 'occupancy', '3'];
    const more = ['zigbee2mqtt', 'plant', 'a', 'homeassistant', 'tasmota', '$SYS', '', 'availability'];
    const level = fc.constantFrom(...words, ...more);
    const topic = fc.array(level, { minLength: 1, maxLength: 6 }).map((levels) => levels.join('/'));
    const filter = fc
      .array(fc.oneof({ arbitrary: level, weight: 3 }, { arbitrary: fc.constant('+'), weight: 2 }), {
        minLength: 1,
        maxLength: 6,
      })
      .chain((levels) => fc.boolean().map((open) => [...levels, ...(open ? ['#'] : [])].join('/')));
    // Half of the filters are widenings of a grant: these are the interesting ones.
    const widened = fc
      .tuple(
        fc.constantFrom(...known),
        fc.array(fc.constantFrom('keep', 'plus', 'hash', 'word'), { minLength: 1, maxLength: 6 }),
        level,
        fc.nat(),
      )
      .map(([{ role }, moves, word, pick]) => {
        const grants = accessTable(HALL, role).subscribe;
        const levels = (grants[pick % grants.length] ?? '#').split('/');
        const made: string[] = [];
        for (const [index, own] of levels.entries()) {
          const move = moves[index] ?? 'keep';
          if (move === 'hash') return [...made, '#'].join('/');
          made.push(move === 'plus' ? '+' : move === 'word' ? word : own);
        }
        return made.join('/');
      });
    let granted = 0;
    fc.assert(
      fc.property(
        fc.oneof(filter, widened),
        topic,
        fc.constantFrom(...known),
        (asked, heard, { role, access }) => {
          if (access.subscribe(asked, true) !== undefined) return;
          granted += 1;
          // A topic made to fit the filter, and one at random.
          const fitted = asked.replaceAll('+', 'any').replace(/#$/, 'below/it');
          for (const each of [fitted, heard]) {
            if (!filterMatches(asked, each)) continue;
            expect(access.receive(each), `${asked} would bring ${each}`).toBe(true);
            expect(accessTable(HALL, role).subscribe.some((grant) => filterMatches(grant, each))).toBe(true);
          }
        },
      ),
      { numRuns: 5_000 },
    );
    expect(granted).toBeGreaterThan(100);
  });

  test('[BR37] no prefix of a bridge reaches the hall’s own topics, the server’s, or everybody’s', () => {
    for (const good of ['zigbee2mqtt', 'plant/a', 'halls', 'esphome-2'])
      expect(BridgePrefix.safeParse(good).success, good).toBe(true);
    for (const bad of ['', '#', '+', 'hall', 'hall/7', '$SYS', '/x', 'x/', 'x/#', '+/x', 'a b', 'x/+/y'])
      expect(BridgePrefix.safeParse(bad).success, bad).toBe(false);
  });
});
