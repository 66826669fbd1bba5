import type { FactsRequest, FactsResponse, FactType, WireFact } from '../../contract/facts.ts';
import { FACT_VERSION, FIRST_PREV_HASH, factBodies, factHash } from '../../contract/facts.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import { attempt } from '../base.ts';
import type { HallRow } from '../store/feed.store.ts';
import { lockHall } from '../store/feed.store.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';
import type { Fold } from './fold.ts';

/** Facts come up: in order, exactly once, acknowledged after COMMIT (CE13 to CE17). */
export interface Facts {
  receive(hall: number, request: FactsRequest): Promise<Result<FactsResponse>>;
  head(hall: number): Promise<Result<{ epoch: number; ackedSeq: number; hash: string }>>;
  quarantined(sql: Sql, hall: number): Promise<number>;
}

interface Head {
  readonly seq: number;
  readonly hash: string;
}

interface Step {
  readonly fact: WireFact;
  readonly hash: string;
  readonly status: 'new' | 'duplicate';
  readonly quarantinedAs?: string | undefined;
}

export function createFacts(base: Base, fold: Fold): Facts {
  const { db, clock, ids, log } = base;

  const alarm = async (hall: number, kind: string, detail: string): Promise<void> => {
    log.error({ hall, kind, detail }, 'alarm');
    await db.query('INSERT INTO alarm (id, hall, kind, detail, at) VALUES ($1, $2, $3, $4, $5)', [
      ids.uuid(),
      hall,
      kind,
      detail,
      clock.now(),
    ]);
  };

  /** The batch against the chain. Nothing is written; the first fact that does not continue it is named. */
  const plan = async (
    tx: Tx,
    hall: number,
    request: FactsRequest,
  ): Promise<Result<{ steps: Step[]; head: Head }>> => {
    const { epoch, facts } = request;
    let head: Head = (await one<Head>(tx, 'SELECT seq, hash FROM fact_head WHERE hall = $1 AND epoch = $2', [
      hall,
      epoch,
    ])) ?? { seq: 0, hash: FIRST_PREV_HASH };
    const first = facts[0]?.seq ?? 0;
    const known = new Map(
      (
        await tx.query<{ seq: number; hash: string }>(
          'SELECT seq, hash FROM fact WHERE hall = $1 AND epoch = $2 AND seq >= $3 AND seq <= $4',
          [hall, epoch, first, facts.at(-1)?.seq ?? 0],
        )
      ).map((row) => [row.seq, row.hash]),
    );
    const steps: Step[] = [];
    let previous: number | undefined;
    for (const fact of facts) {
      const hash = factHash(epoch, fact);
      const broken = refused('chain-broken', { seq: fact.seq });
      if (previous !== undefined && fact.seq !== previous + 1) return broken;
      previous = fact.seq;
      if (fact.seq <= head.seq && known.has(fact.seq)) {
        if (known.get(fact.seq) !== hash) return broken;
        steps.push({ fact, hash, status: 'duplicate' });
        continue;
      }
      if (fact.seq !== head.seq + 1 || fact.prevHash !== head.hash) return broken;
      // A chain begins by naming the one before it (CE16).
      if (fact.seq === 1 && fact.type !== 'epoch.started') return broken;
      steps.push({ fact, hash, status: 'new', quarantinedAs: unfit(fact) });
      head = { seq: fact.seq, hash };
    }
    return accepted({ steps, head });
  };

  const apply = async (
    tx: Tx,
    hall: HallRow,
    epoch: number,
    steps: readonly Step[],
    head: Head,
    careful: boolean,
  ): Promise<FactsResponse> => {
    const results: FactsResponse['results'] = [];
    const rows: { step: Step; reason: string | null }[] = [];
    for (const step of steps) {
      const { fact } = step;
      if (step.status === 'duplicate') {
        const kept = await one<{ status: 'accepted' | 'quarantined'; reason: string | null }>(
          tx,
          'SELECT status, reason FROM fact WHERE hall = $1 AND epoch = $2 AND seq = $3',
          [hall.id, epoch, fact.seq],
        );
        results.push(
          kept?.status === 'quarantined'
            ? { seq: fact.seq, status: 'quarantined', reason: kept.reason ?? '' }
            : { seq: fact.seq, status: 'duplicate' },
        );
        continue;
      }
      let reason = step.quarantinedAs ?? null;
      if (
        reason === null &&
        (await one(tx, "SELECT 1 AS found FROM fact WHERE hall = $1 AND id = $2 AND status = 'accepted'", [
          hall.id,
          fact.id,
        ]))
      )
        reason = 'fact id was used before';
      if (reason === null && rows.some((each) => each.reason === null && each.step.fact.id === fact.id))
        reason = 'fact id was used before';
      reason ??= await foldOne(tx, hall, fact, careful);
      rows.push({ step, reason });
      results.push(
        reason === null
          ? { seq: fact.seq, status: 'accepted' }
          : { seq: fact.seq, status: 'quarantined', reason },
      );
      if (fact.type === 'epoch.started' && reason === null) await noteEpoch(tx, hall.id, epoch, fact);
    }
    if (rows.length > 0) {
      await tx.query(
        `INSERT INTO fact (hall, epoch, seq, id, type, hash, wire, status, reason, received_at)
         SELECT $1, $2, f.seq, f.id, f.type, f.hash, f.wire, CASE WHEN f.reason = '' THEN 'accepted' ELSE 'quarantined' END, nullif(f.reason, ''), $3
         FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS f (seq, id, type, hash, wire, reason)`,
        [
          hall.id,
          epoch,
          clock.now(),
          rows.map((row) => row.step.fact.seq),
          rows.map((row) => row.step.fact.id),
          rows.map((row) => storable(row.step.fact.type)),
          rows.map((row) => row.step.hash),
          rows.map((row) => JSON.stringify(row.step.fact)),
          rows.map((row) => row.reason ?? ''),
        ],
      );
      await tx.query(
        'INSERT INTO fact_head (hall, epoch, seq, hash, previous_known) VALUES ($1, $2, $3, $4, true) ON CONFLICT (hall, epoch) DO UPDATE SET seq = $3, hash = $4',
        [hall.id, epoch, head.seq, head.hash],
      );
    }
    return { ackedSeq: head.seq, results };
  };

  /** Null when applied; otherwise why it goes to quarantine. Careless mode lets the failure out, and the batch is done again carefully. */
  const foldOne = async (tx: Tx, hall: HallRow, fact: WireFact, careful: boolean): Promise<string | null> => {
    const type = fact.type as FactType;
    const body = factBodies[type].parse(fact.body);
    if (!careful) {
      await fold(tx, hall, type, body);
      return null;
    }
    await tx.query('SAVEPOINT one_fact');
    try {
      await fold(tx, hall, type, body);
      await tx.query('RELEASE SAVEPOINT one_fact');
      return null;
    } catch (error) {
      await tx.query('ROLLBACK TO SAVEPOINT one_fact');
      const text = error instanceof Error ? error.message : String(error);
      log.warn(
        { hall: hall.id, seq: fact.seq, type: fact.type, error: text },
        'a fact could not be applied and is kept in quarantine',
      );
      return storable(`could not be applied: ${text}`).slice(0, 300);
    }
  };

  /** A new epoch names the one before it. A hash we never saw means facts were lost with the old box: people must know. */
  const noteEpoch = async (tx: Tx, hall: number, epoch: number, fact: WireFact): Promise<void> => {
    const body = factBodies['epoch.started'].parse(fact.body);
    if (body.previousEpoch === 0) return;
    const found = await one(tx, 'SELECT 1 AS found FROM fact WHERE hall = $1 AND epoch = $2 AND hash = $3', [
      hall,
      body.previousEpoch,
      body.previousHash,
    ]);
    if (found !== undefined) return;
    await tx.query('INSERT INTO alarm (id, hall, kind, detail, at) VALUES ($1, $2, $3, $4, $5)', [
      ids.uuid(),
      hall,
      'facts-missing',
      `epoch ${String(epoch)} follows a fact of epoch ${String(body.previousEpoch)} that never arrived`,
      clock.now(),
    ]);
  };

  return {
    receive: async (hall, request) => {
      const run = (careful: boolean) =>
        attempt(db, async (tx) => {
          const row = await lockHall(tx, hall);
          if (row === undefined) return refused('hall-unknown');
          const planned = await plan(tx, hall, request);
          if (!planned.ok) return planned;
          return accepted(
            await apply(tx, row, request.epoch, planned.value.steps, planned.value.head, careful),
          );
        });
      let answer: Result<FactsResponse>;
      try {
        answer = await run(false);
      } catch (error) {
        log.warn(
          { hall, error: error instanceof Error ? error.message : String(error) },
          'a batch failed and is applied again, fact by fact',
        );
        answer = await run(true);
      }
      if (!answer.ok && answer.refusal.code === 'chain-broken')
        await alarm(
          hall,
          'chain-broken',
          `epoch ${String(request.epoch)} seq ${String(answer.refusal.params?.['seq'] ?? '')}`,
        );
      return answer;
    },
    head: async (hall) => {
      const row = await one<{ epoch: number; seq: number; hash: string }>(
        db,
        'SELECT epoch, seq, hash FROM fact_head WHERE hall = $1 ORDER BY epoch DESC LIMIT 1',
        [hall],
      );
      return accepted({
        epoch: row?.epoch ?? 0,
        ackedSeq: row?.seq ?? 0,
        hash: row?.hash ?? FIRST_PREV_HASH,
      });
    },
    quarantined: async (sql, hall) =>
      (
        await one<{ count: number }>(
          sql,
          "SELECT count(*)::int AS count FROM fact WHERE hall = $1 AND status = 'quarantined'",
          [hall],
        )
      )?.count ?? 0,
  };
}

/** Why a fact cannot be understood here, or undefined. */
function unfit(fact: WireFact): string | undefined {
  if (!Object.hasOwn(factBodies, fact.type)) return 'unknown type';
  if (fact.version > FACT_VERSION) return `version ${String(fact.version)} is newer than this server knows`;
  const parsed = factBodies[fact.type as FactType].safeParse(fact.body);
  if (parsed.success) return undefined;
  const issue = parsed.error.issues[0];
  return `body does not fit: ${issue === undefined ? '' : storable(`${issue.path.join('.')} ${issue.message}`)}`.slice(
    0,
    300,
  );
}

/** PostgreSQL text holds no NUL; the wire form kept beside it holds the original. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
