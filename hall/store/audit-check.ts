import { FIRST_PREV_HASH } from '../../contract/facts.ts';
import type { Database } from './database.ts';
import { auditRowHash } from './store.ts';

interface Row {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly prev_hash: string;
  readonly hash: string;
}

/**
 * Walks the audit from its first row and checks number, predecessor and hash of each [ST6].
 * Rows cut off at the end cannot be seen from the rows alone: give the head noted earlier to find that too.
 * @returns the first fault in words, or undefined when all hold, and the head to note.
 */
export function verifyAudit(
  db: Database,
  noted?: { readonly rows: number; readonly hash: string },
): { readonly fault: string | undefined; readonly rows: number; readonly hash: string } {
  let rows = 0;
  let hash = FIRST_PREV_HASH;
  let seenNoted = noted === undefined || noted.rows === 0;
  for (const row of db
    .prepare<[], Row>(
      'SELECT number, at, actor, action, subject, detail, prev_hash, hash FROM audit ORDER BY number',
    )
    .iterate()) {
    const where = `audit row ${String(row.number)}`;
    if (row.number !== rows + 1) return { fault: `audit row ${String(rows + 1)} is missing`, rows, hash };
    if (row.prev_hash !== hash) return { fault: `${where} does not continue its predecessor`, rows, hash };
    const { at, actor, action, subject, detail } = row;
    if (auditRowHash(row.prev_hash, { at, actor, action, subject, detail }) !== row.hash)
      return { fault: `${where} does not match its hash`, rows, hash };
    rows += 1;
    hash = row.hash;
    if (noted !== undefined && noted.rows === rows) {
      if (noted.hash !== hash) return { fault: `${where} is not the row noted earlier`, rows, hash };
      seenNoted = true;
    }
  }
  return { fault: seenNoted ? undefined : `rows after ${String(rows)} were cut off`, rows, hash };
}
