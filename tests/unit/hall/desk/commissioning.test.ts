import { afterEach, describe, expect, test } from 'vitest';
import type { CommissioningSession, GatewayState } from '../../../../contract/commissioning.ts';
import { createCommissioningApi } from '../../../../hall/desk/commissioning.api.ts';
import { openingOf } from '../../../../hall/desk/commissioning.rules.ts';
import { createCommissioningService } from '../../../../hall/desk/commissioning.service.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

let open: TestHall[] = [];
afterEach(() => {
  for (const hall of open) hall.close();
  open = [];
});

const LINE = 'serial:/dev/serial/by-id/usb-A';
const manager = { kind: 'staff', name: '刘敏', role: 'manager' } as const;

function setUp() {
  const hall = makeHall();
  open.push(hall);
  const service = createCommissioningService(hall, (devices) => (devices.includes('locker-a') ? [4] : []));
  const say = (session?: Partial<CommissioningSession>, gateway = 'gateway'): void => {
    const state: GatewayState = {
      at: '2026-05-01T08:00:00.000Z',
      gateway: true,
      lines: [{ key: LINE, devices: ['locker-a'], kept: false }],
      ...(session === undefined
        ? {}
        : {
            session: {
              session: '00000000-0000-7000-8000-00000000000a',
              line: LINE,
              phase: 'asking',
              found: [],
              told: [],
              doors: [],
              pulses: 0,
              ...session,
            },
          }),
    };
    service.listener.onState?.(gateway, state);
  };
  const started = async (): Promise<string> => {
    say();
    const answer = await service.start('gateway', LINE, '换了锁板', '刘敏');
    if (!answer.ok) throw new Error(answer.refusal.code);
    return answer.value.session;
  };
  const audit = () => hall.auditRows().filter((row) => row.action.startsWith('commissioning'));
  return { hall, service, say, started, audit };
}

const asks = (word: 'prove' | 'openOne' | 'failed' | 'shutAll', number = 1) => ({
  number,
  word,
  values: { compartment: 7, address: 2, lock: 3 },
});

describe('commissioning at the desk', () => {
  test('[DK22] managers only: clerks and kiosks read nothing and do nothing', async () => {
    const { service, hall, say } = setUp();
    say({});
    const api = createCommissioningApi(service);
    const params = { id: '00000000-0000-7000-8000-00000000000a' };
    for (const caller of [
      { kind: 'staff', name: '王芳', role: 'clerk' },
      { kind: 'kiosk', id: 'kiosk-1' },
      { kind: 'none' },
    ] as const) {
      const base = { caller, params, query: {} };
      for (const answer of [
        api.commissioning({ ...base, params: {}, body: undefined } as never),
        api.startCommissioning({ ...base, body: { line: LINE, reason: 'x' } } as never),
        api.answerCommissioning({ ...base, body: { question: 1, answer: '' } } as never),
        api.keepCommissioning({ ...base, body: undefined } as never),
        api.stopCommissioning({ ...base, body: undefined } as never),
      ])
        expect(await answer).toMatchObject({ ok: false, refusal: { code: 'not-allowed' } });
    }
    expect(hall.devices.acts).toEqual([]);
    expect(await api.commissioning({ caller: manager, params: {}, query: {} } as never)).toMatchObject({
      ok: true,
      value: { gateways: [{ id: 'gateway', online: true, lines: [{ key: LINE, inUse: [4] }] }] },
    });
  });

  test('[DK22] without a reason, an unknown line, or a gateway that is away, nothing is told; begun, it is an alarm with the reason', async () => {
    const { service, hall, say } = setUp();
    expect(await service.start('gateway', LINE, 'x', '刘敏')).toMatchObject({
      refusal: { code: 'commissioning-line-unknown' },
    });
    say();
    expect(await service.start('gateway', LINE, '  ', '刘敏')).toMatchObject({
      refusal: { code: 'reason-missing' },
    });
    hall.devices.setAvailability('gateway', 'offline');
    expect(await service.start('gateway', LINE, 'x', '刘敏')).toMatchObject({
      refusal: { code: 'commissioning-gateway-away' },
    });
    expect(hall.devices.acts).toEqual([]);
    hall.devices.setAvailability('gateway', 'online');
    expect(await service.start('gateway', LINE, '换了锁板', '刘敏')).toMatchObject({ ok: true });
    expect(hall.devices.acts).toMatchObject([{ gateway: 'gateway', act: { act: 'start', line: LINE } }]);
    expect(hall.raised.at(-1)?.words.zh).toContain('刘敏 正在调试 locker-a：换了锁板');
  });

  test.each([
    ['busy', 'commissioning-busy'],
    ['no-session', 'commissioning-over'],
    ['not-asked', 'commissioning-answered'],
    ['unknown-line', 'commissioning-line-unknown'],
    ['line-down', 'commissioning-gateway-silent'],
    ['clock-unproved', 'commissioning-gateway-silent'],
  ] as const)('[DK22] the gateway’s %s is the refusal %s', async (reason, code) => {
    const { service, hall, say } = setUp();
    say();
    hall.devices.acting = { outcome: 'refused', reason };
    expect(await service.start('gateway', LINE, 'x', '刘敏')).toMatchObject({ refusal: { code } });
  });

  test('[DK23] a pulse is in the audit with its reason before it leaves; what opens nothing is not; the end is counted once', async () => {
    const { service, hall, say, started, audit } = setUp();
    const session = await started();
    say({ session, question: asks('shutAll') });
    expect(await service.answer(session, 1, '', '刘敏')).toMatchObject({ ok: true });
    expect(audit().map((row) => row.action)).toEqual(['commissioning.start']);

    say({ session, question: asks('prove', 2) });
    let first: string[] = [];
    hall.devices.commission = () => {
      first = audit().map((row) => row.action);
      return Promise.resolve({ outcome: 'done' });
    };
    await service.answer(session, 2, '', '刘敏');
    expect(first).toEqual(['commissioning.start', 'commissioning.open']);
    expect(audit().at(-1)).toMatchObject({ actor: 'staff:刘敏', subject: 'compartment:7' });
    expect(JSON.parse(audit().at(-1)?.detail ?? '{}')).toMatchObject({
      reason: '换了锁板',
      line: LINE,
      board: 2,
      lock: 3,
    });
    for (let times = 0; times < 2; times += 1)
      say({ session, phase: 'ended', pulses: 1, end: { why: 'left', detail: '' } });
    expect(audit().map((row) => row.action)).toEqual([
      'commissioning.start',
      'commissioning.open',
      'commissioning.ended',
    ]);
    expect(JSON.parse(audit().at(-1)?.detail ?? '{}')).toMatchObject({ pulses: 1, why: 'left' });
  });

  test('[DK23] which answers open: only that to the question of now', () => {
    const session: CommissioningSession = {
      ...{ session: 's', line: LINE, phase: 'asking', found: [], told: [], doors: [], pulses: 0 },
      question: asks('prove', 4),
    };
    expect(openingOf(session, 4, '')).toEqual({ compartment: 7, board: 2, lock: 3 });
    expect(openingOf(session, 4, 'anything')).toBeDefined();
    for (const answer of ['s', 'S ', 'f']) expect(openingOf(session, 4, answer)).toBeUndefined();
    expect(openingOf(session, 3, '')).toBeUndefined();
    expect(openingOf({ ...session, question: asks('openOne', 5) }, 5, 'y')).toBeDefined();
    expect(openingOf({ ...session, question: asks('openOne', 5) }, 5, '')).toBeUndefined();
    expect(openingOf({ ...session, question: asks('failed', 6) }, 6, 'r')).toBeUndefined();
  });

  test('[DK23] a hall that was started anew answers nothing for a session it does not know, and may stop it', async () => {
    const { service, hall, say } = setUp();
    const session = '00000000-0000-7000-8000-00000000000b';
    say({ session, question: asks('prove') });
    for (const answer of [service.answer(session, 1, '', '刘敏'), service.keep(session)])
      expect(await answer).toMatchObject({ refusal: { code: 'commissioning-over' } });
    expect(hall.devices.acts).toEqual([]);
    expect(await service.stop(session)).toMatchObject({ ok: true });
    expect(hall.devices.acts).toMatchObject([{ act: { act: 'stop', session } }]);
  });

  test('[DK22] a state that is none of a gateway is not taken for one', () => {
    const { service } = setUp();
    service.listener.onState?.('locker-a', { at: '2026-05-01T08:00:00.000Z', doors: {} });
    service.listener.onState?.('locker-a', 'nonsense');
    expect(service.view().gateways).toEqual([]);
    expect(service.isGateway('locker-a')).toBe(false);
  });
});
