import { describe, expect, it } from 'vitest';
import type { HomeView, ResourceView } from '../../../../contract/hall-api.ts';
import { createHomeApi } from '../../../../hall/home/home.api.ts';
import { createHomeService } from '../../../../hall/home/home.service.ts';
import type { HomeParts } from '../../../../hall/home/home.service.ts';
import { makeHall } from '../../../support/hall-context.ts';

const court = { resource: { bookable: true } } as unknown as ResourceView;
const service = {
  id: 'feedback',
  version: 1,
  name: { zh: '意见', en: 'Feedback' },
  summary: { zh: '说', en: 'Say' },
  pictogram: 'x',
  minutes: 3,
};

function make(over: Partial<HomeParts> = {}) {
  const hall = makeHall();
  const home = createHomeService(hall, {
    sessions: () => [],
    resources: () => [],
    services: () => [],
    lockers: () => ({ free: 0, total: 0, online: false }),
    printer: (device) => (device === 'printer-1' ? 'near-end' : 'none'),
    onMap: () => false,
    online: () => false,
    ...over,
  });
  const journeys = (): HomeView['journeys'] => {
    const view = home.home('kiosk-1');
    if (!view.ok) throw new Error(view.refusal.code);
    return view.value.journeys;
  };
  return { hall, home, journeys };
}

describe('the welcome screen', () => {
  it('[HT14] a journey without anything behind it has no tile', () => {
    expect(make().journeys()).toEqual(['check-in', 'help']);
    expect(make({ lockers: () => ({ free: 0, total: 12, online: true }) }).journeys()).toEqual([
      'check-in',
      'locker',
      'help',
    ]);
    expect(make({ services: () => [service], onMap: (kiosk) => kiosk === 'kiosk-1' }).journeys()).toEqual([
      'check-in',
      'service',
      'progress',
      'way',
      'help',
    ]);
    expect(make({ resources: () => [court] }).journeys()).toEqual(['check-in', 'booking', 'help']);
    expect(
      make({ resources: () => [{ resource: { bookable: false } } as unknown as ResourceView] }).journeys(),
    ).toEqual(['check-in', 'help']);
  });

  it('[HT14] each kiosk sees itself, its own printer, and nothing as an unknown kiosk', () => {
    const { home } = make({ online: () => true });
    expect(home.home('kiosk-1')).toMatchObject({
      value: { kiosk: { id: 'kiosk-1' }, printer: 'near-end', network: 'online', demo: false },
    });
    expect(home.home('kiosk-2')).toMatchObject({ value: { kiosk: { id: 'kiosk-2' }, printer: 'none' } });
    expect(home.home('kiosk-3')).toMatchObject({ refusal: { code: 'not-found' } });
  });

  it('[HT14] a scanner’s reading goes to the kiosk it is wired to, and to no other', () => {
    const { hall, home } = make();
    const event = {
      id: hall.ids.uuid(),
      at: '2026-11-24T02:00:00.000Z',
      kind: 'scan',
      text: 'UH1:ABC',
    } as const;
    home.listener.onEvent?.('scanner-1', event);
    home.listener.onEvent?.('scanner-9', event);
    home.listener.onEvent?.('scanner-1', { id: event.id, at: event.at, kind: 'door-opened', compartment: 1 });
    expect(hall.messages).toEqual([{ kiosk: 'kiosk-1', message: { type: 'scan', text: 'UH1:ABC' } }]);
  });

  it('[HT14] prints on the printer of the kiosk that asks, or says that there is none', async () => {
    const { hall, home } = make();
    const api = createHomeApi(hall, home, {
      now: () => undefined,
      view: () => ({
        central: 'offline',
        lastContactAt: null,
        waitingFacts: 0,
        oldestWaitingAt: null,
        cursor: null,
        quarantined: 0,
        nextTryAt: null,
        trouble: null,
      }),
    });
    const call = {
      params: undefined,
      query: undefined,
      body: { job: { lines: [{ kind: 'rule' as const }] } },
    };
    expect(await api.print({ ...call, caller: { kind: 'kiosk', id: 'kiosk-1' } })).toEqual({
      ok: true,
      value: { printed: true, reason: null },
    });
    expect(await api.print({ ...call, caller: { kind: 'kiosk', id: 'kiosk-2' } })).toEqual({
      ok: true,
      value: { printed: false, reason: 'none' },
    });
    expect(hall.devices.printed.map((each) => each.device)).toEqual(['printer-1']);
  });

  it('[KC15] a scanner that reads on command looks when its kiosk asks; others are left alone', () => {
    const { hall, home } = make();
    const api = createHomeApi(hall, home, { now: () => undefined, view: () => ({}) as never });
    const look = (id: string) => api.lookForCode({ caller: { kind: 'kiosk', id } } as never) as unknown;
    expect(look('kiosk-1')).toEqual({ ok: true, value: { looking: false } });
    const state = { at: '2026-11-24T02:00:00.000Z', line: 'ok', onCommand: true };
    home.listener.onState?.('scanner-1', state);
    expect(look('kiosk-1')).toEqual({ ok: true, value: { looking: true } });
    expect(look('kiosk-1')).toEqual({ ok: true, value: { looking: true } });
    expect(hall.devices.looks).toEqual(['scanner-1']);
    hall.clock.advance(1_000);
    home.listener.onState?.('scanner-1', state);
    look('kiosk-1');
    expect(hall.devices.looks).toEqual(['scanner-1', 'scanner-1']);
    expect(look('kiosk-9')).toEqual({ ok: true, value: { looking: false } });
    home.listener.onState?.('scanner-1', { ...state, onCommand: false });
    expect(look('kiosk-1')).toEqual({ ok: true, value: { looking: false } });
  });
});
