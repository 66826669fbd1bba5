import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildGraph, cheapestWay, nodeKey } from '../../../../hall/navigation/graph.rules.ts';
import { distance, readPlan } from '../../../../hall/navigation/map.rules.ts';
import {
  createNavigationService,
  DEMO_MAP,
  loadPlan,
  unreachableFaults,
} from '../../../../hall/navigation/navigation.service.ts';
import { turnOf } from '../../../../hall/navigation/words.rules.ts';
import { HallMap, Route } from '../../../../contract/map.ts';
import type { MapFeature } from '../../../../contract/map.ts';

const plan = loadPlan(DEMO_MAP);
const service = createNavigationService(plan);
const findable = [...plan.units.values()].filter((unit) => unit.properties.findable).map((unit) => unit.id);
const route = (kiosk: string, to: string, stepFree: boolean): Route => {
  const result = service.route(kiosk, to, stepFree);
  if (!result.ok) throw new Error(`${kiosk} ${to}: ${result.refusal.code}`);
  return result.value;
};

/** The demo map with one thing changed. */
function changed(change: (features: MapFeature[]) => MapFeature[]): string[] {
  const map = HallMap.parse(structuredClone(plan.map));
  const result = readPlan({ ...map, features: change(map.features) });
  return result.ok ? unreachableFaults(result.plan) : [...result.faults];
}

describe('finding the way', () => {
  test('[NV1] faults of a map are named', () => {
    expect(changed((features) => features)).toEqual([]);
    expect(changed((features) => features.filter((each) => each.id !== 'f3')).join()).toContain(
      'there is no level f3',
    );
    expect(changed((features) => features.filter((each) => each.id !== 'room-301'))).toEqual([
      'door-room-301: there is no unit room-301',
    ]);
    expect(changed((features) => features.filter((each) => each.id !== 'door-room-301'))).toEqual([
      'room-301: can be searched but has no door',
    ]);
    expect(changed((features) => [...features, ...features.filter((each) => each.id === 'lift')])).toEqual([
      'lift: this id is used twice',
    ]);
    const alone = changed((features) =>
      features.map((each) =>
        each.id === 'door-legal' && each.feature_type === 'opening'
          ? { ...each, geometry: { ...each.geometry, coordinates: [30, 40] as [number, number] } }
          : each,
      ),
    );
    expect(alone).toEqual(['legal: cannot be reached from kiosk-1', 'legal: cannot be reached from kiosk-2']);
    expect(
      readPlan({ type: 'FeatureCollection', name: { zh: '一', en: 'a' }, features: [{ type: 'Feature' }] })
        .ok,
    ).toBe(false);
    expect(() => loadPlan('/nonexistent/map.json')).toThrow(/cannot be read/);
  });

  test('[NV2] the step-free way to every place never uses stairs', () => {
    for (const kiosk of plan.anchors.keys()) {
      for (const to of findable)
        expect(route(kiosk, to, true).steps.some((step) => step.turn === 'stairs')).toBe(false);
    }
    const withoutLift = createNavigationService(plan);
    withoutLift.setClosed('lift', true);
    expect(withoutLift.route('kiosk-1', 'room-301', true)).toMatchObject({
      ok: false,
      refusal: { code: 'no-way' },
    });
  });

  test('[NV3] no way is shorter than the straight line, and each is the cheapest of its graph', () => {
    const graph = buildGraph(plan);
    const nodes = [...graph.nodes.values()];
    fc.assert(
      fc.property(fc.nat(nodes.length - 1), fc.nat(nodes.length - 1), fc.boolean(), (from, to, stepFree) => {
        const [a, b] = [nodes[from], nodes[to]];
        if (a === undefined || b === undefined) return;
        const walk = cheapestWay(graph, a.key, new Set([b.key]), stepFree);
        if (walk === undefined) return;
        const metres = walk.edges.reduce((sum, edge) => sum + edge.metres, 0);
        expect(metres).toBeGreaterThanOrEqual(distance(a.at, b.at) - 0.001);
        // A part of a cheapest way is a cheapest way, and the way back costs the same.
        const back = cheapestWay(graph, b.key, new Set([a.key]), stepFree);
        const cost = (each: typeof walk): number => each.edges.reduce((sum, edge) => sum + edge.cost, 0);
        expect(back === undefined ? -1 : cost(back)).toBeCloseTo(cost(walk), 6);
        if (stepFree)
          expect(walk.edges.every((edge) => edge.kind !== 'stairs' && edge.kind !== 'steps')).toBe(true);
      }),
      { numRuns: 300, seed: 20261124 },
    );
    expect(graph.nodes.has(nodeKey('f1', [32, 9]))).toBe(true);
  });

  test('[NV4] a closed lift sends people to the stairs, a closed door is said', () => {
    const today = createNavigationService(plan);
    expect(today.setClosed('lift', true).ok).toBe(true);
    const stairs = today.route('kiosk-1', 'room-301', false);
    expect(stairs.ok && stairs.value.steps.map((step) => step.turn)).toContain('stairs');
    today.setClosed('door-room-301', true);
    expect(today.route('kiosk-1', 'room-301', false)).toMatchObject({
      ok: false,
      refusal: { code: 'no-way' },
    });
    today.setClosed('lift', false);
    today.setClosed('door-room-301', false);
    expect(today.route('kiosk-1', 'room-301', false)).toEqual(service.route('kiosk-1', 'room-301', false));
    expect(today.setClosed('nothing', true).ok).toBe(false);
  });

  test('[NV5] every place is reached from every kiosk with complete words that end with arriving', () => {
    expect(findable.length).toBeGreaterThan(20);
    for (const kiosk of plan.anchors.keys()) {
      for (const to of findable) {
        const found = Route.parse(route(kiosk, to, false));
        expect(found.steps.at(-1)?.turn).toMatch(/^arrive-/);
        expect(
          Math.abs(found.steps.reduce((sum, step) => sum + step.metres, 0) - found.metres),
        ).toBeLessThanOrEqual(found.steps.length);
        const target = plan.units.get(to)?.properties.level;
        expect(found.steps.at(-1)?.level).toBe(target);
        for (const step of found.steps)
          expect(`${step.words.zh}${step.words.en}`).not.toMatch(/undefined|NaN/);
      }
    }
    const way = route('kiosk-1', 'room-301', true);
    expect(way.steps.map((step) => step.words.zh)).toEqual([
      '往前走，到大屏幕',
      '右转，往前走，到饮水机',
      '坐左边的电梯到 3 楼',
      '出电梯右转，往前走，到长江大桥的画',
      '301 教室在您左手边',
    ]);
    expect(way).toMatchObject({ metres: 84, minutes: 3, stepFree: true });
    expect(way.steps[1]?.landmark?.en).toBe('On your right: Water dispenser');
    expect(service.route('kiosk-1', 'nowhere', false)).toMatchObject({
      ok: false,
      refusal: { code: 'place-unknown' },
    });
    expect(service.route('kiosk-9', 'room-301', false)).toMatchObject({
      ok: false,
      refusal: { code: 'place-unknown' },
    });
  });

  test('[NV6] turns: all quarters, and from where the kiosk looks', () => {
    expect([turnOf(0, 90), turnOf(90, 0), turnOf(350, 20), turnOf(180, 0), turnOf(-90, 180)]).toEqual([
      'right',
      'left',
      'straight',
      'back',
      'left',
    ]);
    expect(route('kiosk-1', 'legal', false).steps[0]?.turn).toBe('straight');
    expect(route('kiosk-1', 'lockers', false).steps[0]?.turn).toBe('back');
    // kiosk-2 looks south: what lies west is on its right.
    expect(route('kiosk-2', 'room-303', false).steps[0]?.turn).toBe('right');
  });
});
