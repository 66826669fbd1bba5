import { createHash, timingSafeEqual } from 'node:crypto';
import type { ProgressView } from '../../contract/hall-api.ts';
import type { FactBody } from '../../contract/facts.ts';
import type { Words } from '../../contract/ids.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import { answerInfo } from '../../contract/sealing.ts';
import type { Keys } from '../keys/keys.service.ts';
import type { Sql, Tx } from '../store/sql.ts';
import { one } from '../store/sql.ts';

interface ApplicationRow {
  readonly hall: number;
  readonly id: string;
  readonly number: string;
  readonly service: string;
  readonly submitted_at: string;
  readonly deadline: string;
  readonly sealed: string;
  readonly query_hash: string;
  readonly state: ProgressView['state'];
  readonly reason: string | null;
  readonly decided_at: string | null;
}

export interface Applications {
  submitted(tx: Tx, hall: number, body: FactBody<'application.submitted'>): Promise<void>;
  decided(tx: Tx, hall: number, body: FactBody<'application.decided'>): Promise<void>;
  ofMember(sql: Sql, hall: number, memberRef: string): Promise<ProgressView[]>;
  /** By receipt: number and query code. Undefined when they do not fit together. */
  byReceipt(sql: Sql, number: string, queryCode: string): Promise<ProgressView | undefined>;
  /** One sealed answer in clear, for the office that handles it. Undefined when there is none or the box does not open. */
  reveal(sql: Sql, hall: number, id: string, field: string): Promise<string | undefined>;
}

export function createApplications(keys: Keys, catalogue: readonly ServiceDefinition[]): Applications {
  const view = (row: ApplicationRow): ProgressView => {
    const service = catalogue.find((each) => each.id === row.service);
    const unknown: Words = { zh: row.service, en: row.service };
    return {
      number: row.number,
      service: service?.name ?? unknown,
      submittedAt: row.submitted_at,
      deadline: row.deadline,
      state: row.state,
      reason: row.reason,
      decidedAt: row.decided_at,
      handler: service?.handler ?? unknown,
      sentToCentral: true,
    };
  };
  return {
    submitted: async (tx, hall, body) => {
      await tx.query(
        `INSERT INTO application (hall, id, number, service, service_version, member_ref, submitted_at, deadline, answers, sealed, query_hash, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'submitted') ON CONFLICT (hall, id) DO NOTHING`,
        [
          hall,
          body.applicationId,
          body.number,
          body.service,
          body.serviceVersion,
          body.memberRef ?? null,
          body.submittedAt,
          body.deadline,
          JSON.stringify(body.answers),
          JSON.stringify(body.sealed),
          body.queryHash,
        ],
      );
    },
    decided: async (tx, hall, body) => {
      const changed = await tx.query(
        'UPDATE application SET state = $3, reason = $4, decided_by = $5, decided_at = $6 WHERE hall = $1 AND id = $2 RETURNING id',
        [hall, body.applicationId, body.decision, body.reason === '' ? null : body.reason, body.by, body.at],
      );
      if (changed.length === 0) throw new Error(`application ${body.applicationId} was never submitted`);
    },
    ofMember: async (sql, hall, memberRef) =>
      (
        await sql.query<ApplicationRow>(
          'SELECT * FROM application WHERE hall = $1 AND member_ref = $2 ORDER BY submitted_at DESC',
          [hall, memberRef],
        )
      ).map(view),
    byReceipt: async (sql, number, queryCode) => {
      const given = createHash('sha256').update(queryCode.replace(/[\s-]/g, '')).digest();
      for (const row of await sql.query<ApplicationRow>('SELECT * FROM application WHERE number = $1', [
        typedNumber(number),
      ])) {
        const kept = Buffer.from(row.query_hash, 'hex');
        if (kept.length === given.length && timingSafeEqual(kept, given)) return view(row);
      }
      return undefined;
    },
    reveal: async (sql, hall, id, field) => {
      const row = await one<ApplicationRow>(sql, 'SELECT * FROM application WHERE hall = $1 AND id = $2', [
        hall,
        id,
      ]);
      if (row === undefined) return undefined;
      const box = (JSON.parse(row.sealed) as FactBody<'application.submitted'>['sealed'])[field];
      if (box === undefined) return undefined;
      const bytes = await keys.unseal(
        sql,
        box.keyId,
        Buffer.from(box.box, 'base64'),
        answerInfo(row.service, field),
      );
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
    },
  };
}

/** People type small letters, spaces and long dashes. */
function typedNumber(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/\s/g, '')
    .replace(/[–—－]/g, '-');
}
