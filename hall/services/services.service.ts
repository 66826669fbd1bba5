import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { DeskView, DraftView, HomeView, ProgressView, Receipt } from '../../contract/hall-api.ts';
import { idNumberHash, idNumberKey } from '../../contract/id-number.ts';
import type { Words } from '../../contract/ids.ts';
import type { PrintJob } from '../../contract/messages.ts';
import type { CancelTimer } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { answerInfo, seal } from '../../contract/sealing.ts';
import { ServiceDefinition } from '../../contract/services.ts';
import type { Answer, Answers, ServiceField } from '../../contract/services.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import { addDays, atLocal, localDay } from '../../contract/local-time.ts';
import type { FeedListener, HallContext, TryLimits } from '../ports.ts';
import { createSettings } from '../store/settings.ts';
import type { Decision } from './applications.machine.ts';
import { applicationStep } from './applications.machine.ts';
import {
  applicationNumber,
  deadlineDay,
  normaliseCode,
  queryCodeFrom,
  resumeCodeFrom,
} from './applications.rules.ts';
import { createServiceStore } from './services.store.ts';
import type { ApplicationRow, DraftRow } from './services.store.ts';
import { judgeAnswer, maskOf, visiblePages } from './validation.rules.ts';

const DRAFT_LIFE_MS = 24 * 3_600_000;
const SWEEP_MS = 60_000;
/** How long staff may take a decision back [SV9]. */
export const UNDO_MS = 10_000;
const DESK_LIMIT = 200;

/** A sensitive answer as the hall keeps it: sealed to central, recognisable by mask and keyed hash only. */
interface SealedAnswer {
  readonly keyId: string;
  readonly box: string;
  readonly mask: string;
  /** HMAC-SHA-256 (hex) under K_id; null before the hall has a K_hall. */
  readonly hash: string | null;
}
type SealedAnswers = Record<string, SealedAnswer>;

interface Draft {
  readonly id: string;
  readonly service: ServiceDefinition;
  readonly answers: Answers;
  readonly sealed: SealedAnswers;
  readonly page: string;
}

/** Services as data: drafts, submission, progress and the decisions of staff. */
export function createServicesService(context: HallContext, limits: TryLimits) {
  const { clock, config, reference, store: hall } = context;
  const store = createServiceStore(hall.db);
  const zone = config.timeZone;
  const codeKey = draftCodeKey();
  const timers = new Map<string, CancelTimer>();
  let stopSweep: CancelTimer | undefined;

  /** Key for the hashes of resume codes: a stolen table of 8-character codes must not be readable by trying all of them elsewhere. */
  function draftCodeKey(): Buffer {
    const settings = createSettings(hall.db);
    const known = settings.get('draft-code-key');
    if (known !== undefined) return Buffer.from(known, 'hex');
    const made = Buffer.from(context.random.bytes(32));
    hall.transaction(() => {
      settings.set('draft-code-key', made.toString('hex'));
      return undefined;
    });
    return made;
  }

  const codeHash = (code: string): string =>
    createHmac('sha256', codeKey).update(normaliseCode(code)).digest('hex');
  const today = (): string => localDay(clock.now(), zone);
  const definitionOf = (text: string): ServiceDefinition => ServiceDefinition.parse(JSON.parse(text));
  const parseDraft = (row: DraftRow): Draft => ({
    id: row.id,
    service: definitionOf(row.definition),
    answers: JSON.parse(row.answers) as Answers,
    sealed: JSON.parse(row.sealed) as SealedAnswers,
    page: row.page,
  });

  function until<T>(make: (bytes: Uint8Array) => T | undefined): T {
    for (;;) {
      const made = make(context.random.bytes(24));
      if (made !== undefined) return made;
    }
  }

  function liveDraft(row: DraftRow | undefined): Draft | undefined {
    return row === undefined || fromInstant(row.expiresAt) <= clock.now() ? undefined : parseDraft(row);
  }

  function viewOf(draft: Draft, faults: Record<string, Words> = {}): DraftView {
    return {
      draftId: draft.id,
      service: draft.service,
      answers: draft.answers,
      masked: Object.fromEntries(Object.entries(draft.sealed).map(([id, sealed]) => [id, sealed.mask])),
      faults,
      page: draft.page,
    };
  }

  function start(service: string): Result<{ draft: DraftView; resumeCode: string }> {
    const definition = reference.get('service', service);
    if (definition === undefined) return refused('service-unknown');
    const resumeCode = until(resumeCodeFrom);
    // The draft's id becomes the application's.
    const draft: Draft = {
      id: context.ids.uuid(),
      service: definition,
      answers: {},
      sealed: {},
      page: definition.pages[0]?.id ?? '',
    };
    hall.transaction(() => {
      store.insertDraft({
        id: draft.id,
        codeHash: codeHash(resumeCode),
        definition: JSON.stringify(definition),
        answers: '{}',
        sealed: '{}',
        page: draft.page,
        expiresAt: toInstant(clock.now() + DRAFT_LIFE_MS),
      });
      return undefined;
    });
    return accepted({ draft: viewOf(draft), resumeCode });
  }

  function resume(code: string, kiosk: string): Result<DraftView> {
    const allowed = limits.allowed(kiosk);
    if (!allowed.ok) return allowed;
    const draft = liveDraft(store.draftByCode(codeHash(code)));
    if (draft === undefined) {
      limits.wrong(kiosk);
      return refused('draft-unknown');
    }
    return accepted(viewOf(draft));
  }

  function answer(id: string, pageId: string, given: Readonly<Record<string, Answer>>): Result<DraftView> {
    return hall.transaction((): Result<DraftView> => {
      const draft = liveDraft(store.draft(id));
      if (draft === undefined) return refused('draft-unknown');
      const page = visiblePages(draft.service, draft.answers).find((each) => each.id === pageId);
      if (
        page === undefined ||
        Object.keys(given).some((key) => !page.fields.some((field) => field.id === key))
      )
        return refused('bad-request');
      const answers: Answers = { ...draft.answers };
      const sealed: SealedAnswers = { ...draft.sealed };
      const faults: Record<string, Words> = {};
      for (const field of page.fields) {
        const raw = given[field.id];
        // Shown as a mask and not typed again: what is sealed stays [SV4].
        if (field.sensitive && (raw === undefined || raw === '') && sealed[field.id] !== undefined) continue;
        const judged = judgeAnswer(field, raw ?? answers[field.id], today());
        Reflect.deleteProperty(answers, field.id);
        Reflect.deleteProperty(sealed, field.id);
        if (!judged.ok) faults[field.id] = judged.fault;
        else if (judged.value !== undefined) {
          if (!field.sensitive) answers[field.id] = judged.value;
          else {
            const box = sealAnswer(draft.service.id, field, String(judged.value));
            if (box === undefined) return refused('sealing-key-missing');
            sealed[field.id] = box;
          }
        }
      }
      const visible = visiblePages(draft.service, answers);
      const next =
        Object.keys(faults).length > 0
          ? pageId
          : (visible[visible.findIndex((each) => each.id === pageId) + 1]?.id ?? pageId);
      store.updateDraft({ id, answers: JSON.stringify(answers), sealed: JSON.stringify(sealed), page: next });
      return accepted(viewOf({ ...draft, answers, sealed, page: next }, faults));
    });
  }

  function sealAnswer(service: string, field: ServiceField, value: string): SealedAnswer | undefined {
    const now = clock.now();
    const keys = reference.all('sealing-key');
    // With a clock behind the truth a new key may look early; any key of central's is better than none.
    const ordered = [...keys].sort(
      (a, b) =>
        Number(fromInstant(a.validFrom) <= now) - Number(fromInstant(b.validFrom) <= now) ||
        fromInstant(a.validFrom) - fromInstant(b.validFrom),
    );
    const key = ordered.at(-1);
    if (key === undefined) return undefined;
    const box = seal(
      Buffer.from(key.publicKey, 'base64'),
      new TextEncoder().encode(value),
      answerInfo(service, field.id),
      context.random,
    );
    const hallKey = context.keys.hallKeys()[0];
    const hash = hallKey === undefined ? null : idNumberHash(idNumberKey(hallKey.key), value);
    return { keyId: key.keyId, box: Buffer.from(box).toString('base64'), mask: maskOf(field, value), hash };
  }

  function submit(id: string, kiosk: string): Result<Receipt> {
    return hall.transaction((tx): Result<Receipt> => {
      const draft = liveDraft(store.draft(id));
      if (draft === undefined) return refused('draft-unknown');
      const faults: Record<string, Words> = {};
      const answers: Answers = {};
      const sealed: SealedAnswers = {};
      // Answers of pages that are no longer shown are not handed in [SV2].
      for (const field of visiblePages(draft.service, draft.answers).flatMap((page) => page.fields)) {
        const box = draft.sealed[field.id];
        if (field.sensitive && box !== undefined) {
          sealed[field.id] = box;
          continue;
        }
        const judged = judgeAnswer(field, draft.answers[field.id], today());
        if (!judged.ok) faults[field.id] = judged.fault;
        else if (judged.value !== undefined) answers[field.id] = judged.value;
      }
      const count = Object.keys(faults).length;
      if (count > 0)
        return { ok: false, refusal: { code: 'answers-wrong', params: { count }, fields: faults } };

      const now = clock.now();
      const { service } = draft;
      const number = applicationNumber(config.hall, today(), store.nextNumber(today()));
      const queryCode = until(queryCodeFrom);
      const submittedAt = toInstant(now);
      const deadline = toInstant(
        atLocal(addDays(deadlineDay(today(), service.workingDays), 1), '00:00', zone) - 1,
      );
      const queryHash = createHash('sha256').update(queryCode).digest('hex');
      const fact = tx.record('application.submitted', {
        applicationId: id,
        number,
        service: service.id,
        serviceVersion: service.version,
        submittedAt,
        deadline,
        answers,
        sealed: Object.fromEntries(
          Object.entries(sealed).map(([field, each]) => [
            field,
            { keyId: each.keyId, box: each.box, mask: each.mask },
          ]),
        ),
        queryHash,
      });
      store.insertApplication({
        id,
        number,
        definition: JSON.stringify(service),
        submittedAt,
        deadline,
        answers: JSON.stringify(answers),
        sealed: JSON.stringify(sealed),
        queryHash,
        factId: fact.id,
      });
      store.dropDraft(id);
      tx.audit({ actor: `kiosk:${kiosk}`, action: 'application.submitted', subject: number });
      tx.afterCommit(() => context.live.changed('applications'));
      const receipt = {
        applicationId: id,
        number,
        queryCode,
        service: service.name,
        submittedAt,
        deadline,
        handler: service.handler,
        steps: service.steps,
      };
      return accepted({ ...receipt, slip: slipOf(receipt) });
    });
  }

  function slipOf(receipt: Omit<Receipt, 'slip'>): PrintJob {
    const day = (at: string): string => localDay(fromInstant(at), zone);
    return {
      lines: [
        { kind: 'text', text: '受理回执 Receipt', size: 'large', align: 'center' },
        { kind: 'text', text: clip(receipt.service.zh, 200), size: 'huge', align: 'center' },
        { kind: 'rule' },
        { kind: 'pair', label: '单号 Number', value: receipt.number },
        { kind: 'pair', label: '查询码 Query code', value: receipt.queryCode },
        { kind: 'pair', label: '交件 Handed in', value: day(receipt.submittedAt) },
        { kind: 'pair', label: '最晚答复 Answer by', value: day(receipt.deadline) },
        { kind: 'pair', label: '办理 Handled by', value: clip(receipt.handler.zh, 120) },
        { kind: 'rule' },
        ...receipt.steps.slice(0, 20).map((step, index) => ({
          kind: 'text' as const,
          text: clip(`${String(index + 1)}. ${step.zh}`, 200),
          size: 'normal' as const,
          align: 'left' as const,
        })),
        { kind: 'text', text: '凭单号和查询码，在自助机或手机页查进度。', size: 'normal', align: 'left' },
      ],
    };
  }

  function progress(number: string, queryCode: string, kiosk: string): Result<ProgressView> {
    const allowed = limits.allowed(kiosk);
    if (!allowed.ok) return allowed;
    const row = store.byNumber(normaliseNumber(number));
    const given = createHash('sha256').update(normaliseCode(queryCode)).digest();
    // The same work and answer whether number or code is wrong [SV8].
    const right = timingSafeEqual(
      given,
      row === undefined ? createHash('sha256').update('').digest() : Buffer.from(row.queryHash, 'hex'),
    );
    if (row === undefined || !right) {
      limits.wrong(kiosk);
      return refused('application-unknown');
    }
    const service = definitionOf(row.definition);
    return accepted({
      number: row.number,
      service: service.name,
      submittedAt: row.submittedAt,
      deadline: row.deadline,
      state: row.state,
      reason: row.reason,
      decidedAt: row.decidedAt,
      handler: service.handler,
      sentToCentral: store.sentToCentral(row.factId),
    });
  }

  function decide(id: string, decision: Decision, reason: string, staff: string): Result<{ ok: true }> {
    const why = reason.trim();
    if (decision !== 'approved' && why === '') return refused('reason-missing');
    return hall.transaction((tx): Result<{ ok: true }> => {
      const row = store.application(id);
      if (row === undefined) return refused('not-found');
      if (applicationStep(stateOf(row), 'decide') === undefined) return refused('application-decided');
      store.insertPending({ application: id, decision, reason: why, by: staff, at: toInstant(clock.now()) });
      tx.audit({ actor: `staff:${staff}`, action: `application.${decision}`, subject: row.number });
      tx.afterCommit(() => {
        settleAfter(id, UNDO_MS);
        context.live.changed('applications');
      });
      return accepted({ ok: true });
    });
  }

  const stateOf = (row: ApplicationRow): 'submitted' | 'deciding' | Decision =>
    row.state === 'submitted' && store.pendingOf(row.id) !== undefined ? 'deciding' : row.state;

  function undo(id: string, staff: string): Result<{ ok: true }> {
    return hall.transaction((tx): Result<{ ok: true }> => {
      const row = store.application(id);
      if (row === undefined) return refused('not-found');
      const pending = store.pendingOf(id);
      if (pending === undefined) return refused('undo-too-late');
      if (pending.by !== staff) return refused('not-allowed');
      store.dropPending(id);
      tx.audit({ actor: `staff:${staff}`, action: 'application.undone', subject: row.number });
      tx.afterCommit(() => {
        timers.get(id)?.();
        timers.delete(id);
        context.live.changed('applications');
      });
      return accepted({ ok: true });
    });
  }

  function settleAfter(id: string, delay: number): void {
    timers.get(id)?.();
    timers.set(
      id,
      clock.after(delay, () => settle(id)),
    );
  }

  /** The time to take it back is over: now it is a fact [SV9]. */
  function settle(id: string): void {
    timers.get(id)?.();
    timers.delete(id);
    hall.transaction((tx) => {
      const pending = store.pendingOf(id);
      if (pending === undefined) return undefined;
      store.dropPending(id);
      store.decide(id, pending);
      tx.record('application.decided', {
        applicationId: id,
        decision: pending.decision,
        reason: pending.reason,
        by: pending.by,
        at: pending.at,
      });
      tx.afterCommit(() => context.live.changed('applications'));
      return undefined;
    });
  }

  function sweep(): void {
    const dropped = hall.transaction(() => store.dropExpired(toInstant(clock.now())));
    // Earlier copies of the wiped pages live in the write-ahead log until it is folded in [SV5].
    if (dropped > 0) hall.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  function tick(): void {
    sweep();
    stopSweep = clock.after(SWEEP_MS, tick);
  }

  const valueText = (field: ServiceField, value: Answer | undefined): string => {
    if (value === undefined) return '';
    switch (field.kind) {
      case 'choice':
        return field.options.find((option) => option.value === value)?.label.zh ?? String(value);
      case 'confirm':
        return value === true ? '✓' : '';
      case 'text':
      case 'date':
        return String(value);
    }
  };

  const feedListener: FeedListener = {
    onFeed: (type, _id, _body, tx) => {
      if (type === 'service') tx.afterCommit(() => context.live.changed('services'));
    },
  };

  return {
    feedListener,
    /** Goes on with decisions whose undo time had not passed when the hall stopped; wipes old drafts from now on. */
    start: (): void => {
      for (const row of store.pending())
        settleAfter(
          row.application,
          Math.min(UNDO_MS, Math.max(0, fromInstant(row.at) + UNDO_MS - clock.now())),
        );
      if (stopSweep === undefined) tick();
    },
    /** An orderly stop settles at once: a decision must not wait for the hall to be switched on again. */
    stop: (): void => {
      stopSweep?.();
      stopSweep = undefined;
      for (const row of store.pending()) settle(row.application);
    },
    summaries: (): HomeView['services'] =>
      reference.all('service').map((service) => ({
        id: service.id,
        version: service.version,
        name: service.name,
        summary: service.summary,
        pictogram: service.pictogram,
        minutes: Math.max(1, Math.round(service.pages.length * 0.4)),
      })),
    definition: (id: string): Result<ServiceDefinition> => {
      const found = reference.get('service', id);
      return found === undefined ? refused('service-unknown') : accepted(found);
    },
    startDraft: start,
    resume,
    answer,
    drop: (id: string): Result<{ ok: true }> =>
      hall.transaction(() => store.dropDraft(id)) ? accepted({ ok: true }) : refused('draft-unknown'),
    submit,
    progress,
    decide,
    undo,
    /** Applications to decide, the most urgent first. */
    open: (): { applications: DeskView['applications']; total: number } => {
      const now = clock.now();
      const applications = store.open(DESK_LIMIT).map((row) => {
        const service = definitionOf(row.definition);
        const answers = JSON.parse(row.answers) as Answers;
        const sealed = JSON.parse(row.sealed) as SealedAnswers;
        const shown = visiblePages(service, answers).flatMap((page) =>
          page.fields.map((field) => ({
            label: field.label,
            value: sealed[field.id]?.mask ?? valueText(field, answers[field.id]),
          })),
        );
        return {
          applicationId: row.id,
          number: row.number,
          service: service.name,
          submittedAt: row.submittedAt,
          deadline: row.deadline,
          overdue: fromInstant(row.deadline) < now,
          answers: shown.filter((each) => each.value !== ''),
        };
      });
      return { applications, total: store.countOpen() };
    },
  };
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** People type small letters, spaces and long dashes. */
function normaliseNumber(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/\s/g, '')
    .replace(/[–—－]/g, '-');
}

export type ServicesService = ReturnType<typeof createServicesService>;
