import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { answerInfo, open as unseal, sealingPair } from '../../../../contract/sealing.ts';
import { ServiceDefinition } from '../../../../contract/services.ts';
import type { ServiceField } from '../../../../contract/services.ts';
import { Receipt } from '../../../../contract/hall-api.ts';
import { createAccessService } from '../../../../hall/access/access.service.ts';
import { applicationMachine } from '../../../../hall/services/applications.machine.ts';
import {
  applicationNumber,
  deadlineDay,
  resumeCodeFrom,
} from '../../../../hall/services/applications.rules.ts';
import { createServicesService } from '../../../../hall/services/services.service.ts';
import { serviceSql } from '../../../../hall/services/services.store.ts';
import { judgeAnswer, maskOf } from '../../../../hall/services/validation.rules.ts';
import { makeHall } from '../../../support/hall-context.ts';
import type { TestHall } from '../../../support/hall-context.ts';

const words = (text: string) => ({ zh: text, en: text });
const pair = sealingPair(new Uint8Array(32).fill(7));
const ID_NUMBER = '11010519491231002X';
const text = (
  id: string,
  check: 'none' | 'resident-id' | 'mobile' | 'credit-code' | 'person-name',
  more: Partial<{ required: boolean; sensitive: boolean; maxLength: number; multiline: boolean }> = {},
) => ({
  id,
  label: words(id),
  required: true,
  sensitive: false,
  kind: 'text' as const,
  maxLength: 60,
  multiline: false,
  check,
  ...more,
});

const join_ = ServiceDefinition.parse({
  id: 'join-union',
  version: 3,
  name: words('入会申请'),
  summary: words('入会'),
  pictogram: 'member',
  papers: [],
  steps: [words('初审'), words('发证')],
  workingDays: 3,
  handler: words('一号窗口'),
  anonymousAllowed: false,
  pages: [
    { id: 'name', question: words('姓名'), fields: [text('name', 'person-name')] },
    { id: 'id', question: words('证件号'), fields: [text('idNumber', 'resident-id', { sensitive: true })] },
    {
      id: 'work',
      question: words('用工'),
      fields: [
        {
          id: 'work',
          label: words('用工'),
          required: true,
          sensitive: false,
          kind: 'choice',
          options: [
            { value: 'contract', label: words('合同') },
            { value: 'gig', label: words('灵活') },
          ],
        },
      ],
    },
    {
      id: 'employer',
      question: words('单位'),
      when: { field: 'work', in: ['contract'] },
      fields: [text('creditCode', 'credit-code')],
    },
    {
      id: 'agree',
      question: words('声明'),
      fields: [{ id: 'agree', label: words('同意'), required: true, sensitive: false, kind: 'confirm' }],
    },
  ],
});

let halls: TestHall[] = [];
afterEach(() => {
  for (const hall of halls) hall.close();
  halls = [];
});

function setUp(options: { key?: boolean; file?: string } = {}) {
  const hall = makeHall(options.file === undefined ? {} : { file: options.file });
  halls.push(hall);
  hall.feed('service', join_);
  hall.feed('hall-key', {
    epoch: 1,
    key: Buffer.alloc(32, 9).toString('base64'),
    validFrom: '2026-11-01T00:00:00.000Z',
    validTo: '2026-12-01T00:00:00.000Z',
  });
  if (options.key !== false)
    hall.feed('sealing-key', {
      keyId: 's1',
      publicKey: Buffer.from(pair.publicKey).toString('base64'),
      validFrom: '2026-11-01T00:00:00.000Z',
    });
  const services = createServicesService(hall, createAccessService(hall).limits);
  return { hall, services };
}

function value<T>(result: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}
const code = (result: { ok: boolean; refusal?: { code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? '?');

function fill(services: ReturnType<typeof setUp>['services']) {
  const { draft, resumeCode } = value(services.startDraft('join-union'));
  value(services.answer(draft.draftId, 'name', { name: ' 买买提•艾力 ' }));
  value(services.answer(draft.draftId, 'id', { idNumber: ID_NUMBER.toLowerCase() }));
  value(services.answer(draft.draftId, 'work', { work: 'gig' }));
  value(services.answer(draft.draftId, 'agree', { agree: true }));
  return { id: draft.draftId, resumeCode };
}

describe('services', () => {
  const judge = (check: Parameters<typeof text>[1], raw: string): unknown => {
    const judged = judgeAnswer(text('f', check, { maxLength: 60 }), raw, '2026-11-24');
    return judged.ok ? judged.value : 'fault';
  };

  test.each([
    ['resident-id', '11010519491231002x', ID_NUMBER],
    ['resident-id', '110105194912310021', 'fault'],
    ['resident-id', '11010519490231002X', 'fault'],
    ['resident-id', '1101051949123100', 'fault'],
    ['mobile', '+86 138-0000-0001', '13800000001'],
    ['mobile', '12800000001', 'fault'],
    ['credit-code', '91350100m000100y43', '91350100M000100Y43'],
    ['credit-code', '91350100M000100Y44', 'fault'],
    ['credit-code', '91350100M000100I43', 'fault'],
    ['person-name', '㛃𬭎𫖯', '㛃𬭎𫖯'],
    ['person-name', '阿卜杜拉•买买提', '阿卜杜拉·买买提'],
    ['person-name', "Anne-Marie O'Neil", "Anne-Marie O'Neil"],
    ['person-name', '张三3', 'fault'],
    ['person-name', '𠮷'.repeat(50), '𠮷'.repeat(50)],
    ['person-name', '𠮷'.repeat(51), 'fault'],
    ['none', 'a\u0007b', 'fault'],
    ['none', '字'.repeat(61), 'fault'],
    ['none', '   ', 'fault'],
  ] as const)('[SV1] %s: %s', (check, raw, expected) => {
    expect(judge(check, raw)).toBe(expected);
  });

  test('[SV1] age by the day, dates that exist, choices of the list, and every changed digit of an ID is found', () => {
    const born = (day: string): string => {
      const body = `110105${day}002`;
      const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce(
        (total, weight, index) => total + weight * Number(body.charAt(index)),
        0,
      );
      return body + '10X98765432'.charAt(sum % 11);
    };
    expect(judge('resident-id', born('20101124'))).toBe(born('20101124'));
    expect(judge('resident-id', born('20101125'))).toBe('fault');
    expect(judge('resident-id', born('20301125'))).toBe('fault');
    const date: ServiceField = {
      id: 'd',
      label: words('d'),
      required: true,
      sensitive: false,
      kind: 'date',
      notAfterToday: true,
    };
    expect(
      ['2026-11-24', '2026-11-25', '2026-02-29', '2024-02-29', 'today'].map(
        (each) => judgeAnswer(date, each, '2026-11-24').ok,
      ),
    ).toEqual([true, false, false, true, false]);
    const { services } = setUp();
    const { draftId } = value(services.startDraft('join-union')).draft;
    expect(value(services.answer(draftId, 'work', { work: 'other' })).faults.work?.zh).toBe(
      '请从下面选一项。',
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(ID_NUMBER.charAt(at)) + by) % 10;
        expect(judge('resident-id', ID_NUMBER.slice(0, at) + String(digit) + ID_NUMBER.slice(at + 1))).toBe(
          'fault',
        );
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  test('[SV2] a page that the answers no longer call for is neither asked nor handed in', () => {
    const { hall, services } = setUp();
    const { id } = fill(services);
    expect(code(services.answer(id, 'employer', { creditCode: '91350100M000100Y43' }))).toBe('bad-request');
    expect(value(services.answer(id, 'work', { work: 'contract' })).page).toBe('employer');
    const faults = services.submit(id, 'kiosk-1');
    expect(
      !faults.ok && [
        faults.refusal.code,
        faults.refusal.params?.count,
        Object.keys(faults.refusal.fields ?? {}),
      ],
    ).toEqual(['answers-wrong', 1, ['creditCode']]);
    value(services.answer(id, 'employer', { creditCode: '91350100M000100Y43' }));
    value(services.answer(id, 'work', { work: 'gig' }));
    value(services.submit(id, 'kiosk-1'));
    expect(hall.facts().at(-1)?.body.answers).toEqual({ name: '买买提·艾力', work: 'gig', agree: true });
    expect(code(services.answer(id, 'name', { other: 'x' }))).toBe('draft-unknown');
  });

  test('[SV3] a draft is resumed by its code in any writing; wrong codes are counted until typing is off', () => {
    const { hall, services } = setUp();
    const { id, resumeCode } = fill(services);
    expect(resumeCode).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{8}$/);
    expect(
      value(services.resume(`${resumeCode.slice(0, 4)}-${resumeCode.slice(4)} `.toLowerCase(), 'kiosk-1'))
        .draftId,
    ).toBe(id);
    expect(JSON.stringify(hall.store.db.prepare('SELECT * FROM draft').all())).not.toContain(resumeCode);
    const codes = Array.from({ length: 21 }, (_, index) =>
      code(services.resume(`WRONG${String(index)}`, 'kiosk-1')),
    );
    expect(codes[0]).toBe('draft-unknown');
    expect(codes.at(-1)).toBe('typed-codes-off');
    expect(resumeCodeFrom(new Uint8Array(24).fill(255))).toBeUndefined();
  });

  test('[SV4] the ID number is nowhere in the file, facts or views; central can open the box', () => {
    const folder = mkdtempSync(join(tmpdir(), 'services-'));
    try {
      const file = join(folder, 'hall.db');
      const { hall, services } = setUp({ file });
      const { id, resumeCode } = fill(services);
      const resumed = value(services.resume(resumeCode, 'kiosk-1'));
      expect(resumed.masked).toEqual({ idNumber: '••••••••••••••002X' });
      expect(resumed.answers.idNumber).toBeUndefined();
      // Going past the page without typing again keeps what is sealed.
      expect(value(services.answer(id, 'id', {})).masked.idNumber).toBe('••••••••••••••002X');
      value(services.submit(id, 'kiosk-1'));
      const sealed = hall.facts().at(-1)?.body.sealed as Record<
        string,
        { keyId: string; box: string; mask: string; hash?: string }
      >;
      expect(Object.keys(sealed.idNumber ?? {}).sort()).toEqual(['box', 'keyId', 'mask']);
      const opened = unseal(
        pair.privateKey,
        Buffer.from(sealed.idNumber?.box ?? '', 'base64'),
        answerInfo('join-union', 'idNumber'),
      );
      expect(new TextDecoder().decode(opened)).toBe(ID_NUMBER);
      expect(JSON.stringify(services.open())).toContain('••••••••••••••002X');
      hall.store.db.pragma('wal_checkpoint(FULL)');
      for (const each of [file, `${file}-wal`]) {
        const bytes = readFileSync(each).toString('latin1');
        expect(bytes).not.toContain('1949123100');
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(maskOf(text('m', 'mobile'), '13800000001')).toBe('138****0001');
    expect(maskOf(text('n', 'person-name'), '𠮷田')).toBe('𠮷*');
    expect(maskOf(text('x', 'none'), '任何')).toBe('••••••');
  });

  test('[SV5] drafts end after a day, when dropped and when handed in', () => {
    const { hall, services } = setUp();
    services.start();
    const rows = (): unknown => hall.store.db.prepare('SELECT count(*) FROM draft').pluck().get();
    const first = fill(services);
    expect(code(services.drop(first.id))).toBe('ok');
    expect(code(services.drop(first.id))).toBe('draft-unknown');
    const second = fill(services);
    value(services.submit(second.id, 'kiosk-1'));
    expect(rows()).toBe(0);
    const third = fill(services);
    hall.clock.advance(24 * 3_600_000 - 1);
    expect(code(services.resume(third.resumeCode, 'kiosk-1'))).toBe('ok');
    hall.clock.advance(1);
    expect(code(services.submit(third.id, 'kiosk-1'))).toBe('draft-unknown');
    hall.clock.advance(60_000);
    expect(rows()).toBe(0);
    services.stop();
    expect(hall.clock.timers()).toBe(0);
  });

  test('[SV6] receipt, numbers by day, one fact, and a second hand-in is refused', () => {
    const { hall, services } = setUp();
    const first = fill(services);
    const receipt = Receipt.parse(value(services.submit(first.id, 'kiosk-1')));
    expect(receipt.number).toBe('HRT-20261124-0001');
    expect(receipt.queryCode).toMatch(/^\d{6}$/);
    expect(JSON.stringify(receipt.slip)).toContain(receipt.queryCode);
    expect(code(services.submit(first.id, 'kiosk-1'))).toBe('draft-unknown');
    expect(value(services.submit(fill(services).id, 'kiosk-1')).number).toBe('HRT-20261124-0002');
    hall.clock.advance(15 * 3_600_000);
    expect(value(services.submit(fill(services).id, 'kiosk-1')).number).toBe('HRT-20261125-0001');
    const facts = hall.facts().filter((fact) => fact.type === 'application.submitted');
    expect(facts.map((fact) => fact.body.number)).toEqual([
      'HRT-20261124-0001',
      'HRT-20261124-0002',
      'HRT-20261125-0001',
    ]);
    expect(facts[0]?.body.queryHash).toBe(createHash('sha256').update(receipt.queryCode).digest('hex'));
    expect(applicationNumber(0xffff_ffff, '2026-11-24', 99_999).length).toBeLessThanOrEqual(24);
  });

  test('[SV7] deadlines: working days, weekends, and the end of the day in the hall', () => {
    expect([0, 1, 3, 4, 5].map((days) => deadlineDay('2026-11-24', days))).toEqual([
      '2026-11-24',
      '2026-11-25',
      '2026-11-27',
      '2026-11-30',
      '2026-12-01',
    ]);
    expect([
      deadlineDay('2026-11-28', 0),
      deadlineDay('2026-11-28', 1),
      deadlineDay('2026-11-27', 1),
    ]).toEqual(['2026-11-30', '2026-11-30', '2026-11-30']);
    const { services } = setUp();
    expect(value(services.submit(fill(services).id, 'kiosk-1')).deadline).toBe('2026-11-27T15:59:59.999Z');
  });

  test('[SV8] progress needs number and code; both wrongs look the same and are counted', () => {
    const { hall, services } = setUp();
    const receipt = value(services.submit(fill(services).id, 'kiosk-1'));
    expect(
      value(services.progress(` ${receipt.number.toLowerCase()}`, receipt.queryCode, 'kiosk-1')),
    ).toMatchObject({ state: 'submitted', sentToCentral: false, deadline: receipt.deadline });
    hall.store.db.prepare('UPDATE epoch SET acked_seq = 1000').run();
    expect(value(services.progress(receipt.number, receipt.queryCode, 'kiosk-1')).sentToCentral).toBe(true);
    expect(
      services.progress(receipt.number, receipt.queryCode === '000000' ? '000001' : '000000', 'kiosk-1'),
    ).toEqual(services.progress('HRT-20261124-9999', receipt.queryCode, 'kiosk-1'));
    for (let index = 0; index < 18; index += 1) services.progress('x', 'y', 'kiosk-1');
    expect(code(services.progress(receipt.number, receipt.queryCode, 'kiosk-1'))).toBe('typed-codes-off');
  });

  test('[SV9] decided, taken back, decided again, and a fact only after ten seconds', () => {
    const { hall, services } = setUp();
    const receipt = value(services.submit(fill(services).id, 'kiosk-1'));
    const id = receipt.applicationId;
    const facts = (): unknown[] =>
      hall
        .facts()
        .filter((fact) => fact.type === 'application.decided')
        .map((fact) => fact.body.decision);
    expect(code(services.decide(id, 'refused', '  ', '王芳'))).toBe('reason-missing');
    expect(code(services.decide(id, 'refused', '材料不全', '王芳'))).toBe('ok');
    expect(services.open()).toEqual({ applications: [], total: 0 });
    expect(code(services.decide(id, 'approved', '', '赵敏'))).toBe('application-decided');
    expect(code(services.undo(id, '赵敏'))).toBe('not-allowed');
    hall.clock.advance(9_999);
    expect(code(services.undo(id, '王芳'))).toBe('ok');
    hall.clock.advance(60_000);
    expect(facts()).toEqual([]);
    expect(services.open().total).toBe(1);
    value(services.decide(id, 'approved', '', '王芳'));
    hall.clock.advance(10_000);
    expect(facts()).toEqual(['approved']);
    expect(code(services.undo(id, '王芳'))).toBe('undo-too-late');
    expect(value(services.progress(receipt.number, receipt.queryCode, 'kiosk-1'))).toMatchObject({
      state: 'approved',
      reason: null,
    });
    expect(
      Object.entries(applicationMachine).map(
        ([state, events]) => `${state}: ${Object.keys(events).join(' ')}`,
      ),
    ).toEqual(['submitted: decide', 'deciding: undo settle', 'approved: ', 'refused: ', 'returned: ']);
  });

  test('[SV9] a stop settles at once; after a crash the next start does', () => {
    const { hall, services } = setUp();
    const facts = (): number => hall.facts().filter((fact) => fact.type === 'application.decided').length;
    const first = value(services.submit(fill(services).id, 'kiosk-1'));
    value(services.decide(first.applicationId, 'returned', '请补照片', '王芳'));
    services.stop();
    expect(facts()).toBe(1);
    const second = value(services.submit(fill(services).id, 'kiosk-1'));
    value(services.decide(second.applicationId, 'approved', '', '王芳'));
    const next = createServicesService(
      { ...hall, clock: { ...hall.clock, now: () => hall.clock.now() + 3_600_000 } },
      createAccessService(hall).limits,
    );
    next.start();
    hall.clock.advance(1);
    expect(facts()).toBe(2);
    next.stop();
  });

  test('[SV10] without the sealing key nothing sensitive is taken, the rest works', () => {
    const { hall, services } = setUp({ key: false });
    const { draftId } = value(services.startDraft('join-union')).draft;
    expect(code(services.answer(draftId, 'name', { name: '李明' }))).toBe('ok');
    expect(code(services.answer(draftId, 'id', { idNumber: ID_NUMBER }))).toBe('sealing-key-missing');
    expect(JSON.stringify(hall.store.db.prepare('SELECT * FROM draft').all())).not.toContain('1949');
    expect(code(services.startDraft('nothing'))).toBe('service-unknown');
  });

  test('[ST8] service queries use an index', () => {
    const { hall } = setUp();
    for (const sql of Object.values(serviceSql))
      expect(
        JSON.stringify(
          hall.store.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from(sql.matchAll(/\?/g), () => 0)),
        ),
      ).toContain('USING INDEX');
  });
});
