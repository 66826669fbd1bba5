import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { FIRST_PREV_HASH } from '../../../../contract/facts.ts';
import { verifyAudit } from '../../../../hall/store/audit-check.ts';
import { migrate, openDatabase } from '../../../../hall/store/database.ts';
import { verifyFacts } from '../../../../hall/store/outbox.ts';
import { createStore } from '../../../../hall/store/store.ts';
import { createSeededIds } from '../../../support/seeded.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const folders: string[] = [];
/** A fresh seed for each opening: ids never repeat in one file. */
let seed = 1;
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  folders.push(folder);
  return join(folder, 'hall.db');
}
function open(path = ':memory:', restored = false) {
  const clock = createVirtualClock();
  const db = openDatabase(path);
  return {
    db,
    clock,
    store: createStore(db, {
      clock,
      ids: createSeededIds((seed += 1), clock),
      clockState: () => 'synced',
      restored,
    }),
  };
}
const forced = { compartment: 1, at: '2026-11-24T02:00:00.000Z' };

describe('one transaction', () => {
  it('[ST1] [ST5] a throw takes state, facts and audit back, and nothing that waited for the commit runs', () => {
    const { db, store } = open();
    const ran: string[] = [];
    expect(() =>
      store.transaction((tx) => {
        tx.db.prepare("INSERT INTO setting (name, value) VALUES ('a', 'b')").run();
        tx.record('door.forced', forced);
        tx.audit({ actor: 'hall', action: 'x', subject: 'y' });
        tx.afterCommit(() => ran.push('never'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(db.prepare('SELECT count(*) FROM setting').pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM outbox').pluck().get()).toBe(1);
    expect(ran).toEqual([]);

    // The chain goes on where it was, as if nothing had been tried.
    store.transaction((tx) => {
      tx.afterCommit(() => ran.push('once'));
      expect(tx.record('door.forced', forced).seq).toBe(2);
      return undefined;
    });
    expect(ran).toEqual(['once']);
    expect(verifyFacts(store)).toBeUndefined();
  });

  it('[ST1] a fact whose body does not fit its schema is a defect and leaves no trace', () => {
    const { db, store } = open();
    expect(() =>
      store.transaction((tx) => tx.record('door.forced', { compartment: 0, at: 'now' })),
    ).toThrow();
    expect(db.prepare('SELECT count(*) FROM outbox').pluck().get()).toBe(1);
  });
});

describe('durability', () => {
  it('[ST2] WAL with synchronous FULL, read back from SQLite', () => {
    const { db } = open(file());
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    db.close();
  });

  it('[ST2] a damaged file is refused, never overwritten', () => {
    const path = file();
    open(path).db.close();
    const text =
      'this is no database at all, and it is longer than a header of one hundred bytes would be, by some way';
    writeFileSync(path, text);
    rmSync(`${path}-wal`, { force: true });
    expect(() => openDatabase(path)).toThrow();
    expect(execFileSync('head', ['-c', '20', path]).toString()).toBe(text.slice(0, 20));
  });
});

describe('facts', () => {
  it('[ST3] seq is gapless and each fact carries the hash of its predecessor, checked by sqlite3 and openssl', () => {
    const path = file();
    const { db, store } = open(path);
    for (let each = 0; each < 5; each += 1) store.transaction((tx) => tx.record('door.forced', forced));
    db.close();
    const rows = JSON.parse(
      execFileSync('sqlite3', ['-json', path, 'SELECT * FROM outbox ORDER BY seq']).toString(),
    ) as Record<string, string | number>[];
    let previous = FIRST_PREV_HASH;
    for (const [index, row] of rows.entries()) {
      expect(row['seq']).toBe(index + 1);
      expect(row['prev_hash']).toBe(previous);
      // Keys in the order of RFC 8785, written by hand.
      const canonical = `{"body":${String(row['body'])},"clock":"${String(row['clock'])}","epoch":1,"id":"${String(row['id'])}","occurredAt":"${String(row['occurred_at'])}","prevHash":"${previous}","seq":${String(index + 1)},"type":"${String(row['type'])}","version":1}`;
      previous = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: canonical })
        .toString()
        .slice(0, 64);
      expect(row['hash']).toBe(previous);
    }
    expect(rows).toHaveLength(6);
  });

  it('[ST4] epoch 1 at first boot, the same epoch after a restart, the next one after a restore', () => {
    const path = file();
    const first = open(path);
    first.store.transaction((tx) => tx.record('door.forced', forced));
    const last = first.db
      .prepare<[], string>('SELECT hash FROM outbox ORDER BY seq DESC LIMIT 1')
      .pluck()
      .get();
    first.db.close();
    const again = open(path);
    expect(again.store.transaction((tx) => tx.record('door.forced', forced)).seq).toBe(3);
    const newest = again.db
      .prepare<[], string>('SELECT hash FROM outbox ORDER BY seq DESC LIMIT 1')
      .pluck()
      .get();
    expect(newest).not.toBe(last);
    again.db.close();
    const restored = open(path, true);
    const started = restored.db
      .prepare<[], { seq: number; body: string; prev_hash: string }>(
        'SELECT seq, body, prev_hash FROM outbox WHERE epoch = 2',
      )
      .get();
    expect(started).toEqual({
      seq: 1,
      prev_hash: FIRST_PREV_HASH,
      body: JSON.stringify({ previousEpoch: 1, previousHash: newest }),
    });
    restored.db.close();
  });
});

describe('audit', () => {
  const filled = () => {
    const made = open();
    for (const subject of ['a', 'b', 'c', 'd']) {
      made.store.transaction((tx) => {
        tx.audit({ actor: 'staff:1', action: 'door.open', subject });
        return undefined;
      });
    }
    return made;
  };

  it('[ST6] cannot be changed or shortened through the program', () => {
    const { db } = filled();
    expect(() => db.prepare("UPDATE audit SET subject = 'x'").run()).toThrow('append-only');
    expect(() => db.prepare('DELETE FROM audit').run()).toThrow('append-only');
  });

  it('[ST6] a row changed, removed, swapped or cut off behind its back is found', () => {
    const harm = (sql: string): string | undefined => {
      const { db } = filled();
      const noted = verifyAudit(db);
      expect(noted.fault).toBeUndefined();
      db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');
      db.exec(sql);
      return verifyAudit(db, noted).fault;
    };
    expect(harm("UPDATE audit SET subject = 'x' WHERE number = 2")).toContain('row 2');
    expect(harm('DELETE FROM audit WHERE number = 2')).toContain('row 2');
    expect(
      harm(
        'UPDATE audit SET number = 9 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 9',
      ),
    ).toContain('row 2');
    expect(harm('DELETE FROM audit WHERE number = 4')).toContain('cut off');
  });
});

describe('migrations', () => {
  it('[ST7] run once each, in order; one that fails leaves the file as it was', () => {
    const db = new Sqlite(':memory:');
    const one = { number: 10, name: 'one', up: 'CREATE TABLE a (x INTEGER) STRICT' };
    const two = { number: 20, name: 'two', up: 'ALTER TABLE a ADD COLUMN y INTEGER' };
    migrate(db, [two, one]);
    migrate(db, [one, two]);
    expect(db.prepare('SELECT number FROM migration ORDER BY number').pluck().all()).toEqual([10, 20]);
    expect(() => {
      migrate(db, [
        one,
        two,
        { number: 30, name: 'broken', up: 'CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER)' },
      ]);
    }).toThrow();
    expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'b'").pluck().get()).toBe(0);
  });

  it('[ST7] data of a newer program is refused', () => {
    const db = new Sqlite(':memory:');
    migrate(db, [
      { number: 10, name: 'one', up: 'CREATE TABLE a (x INTEGER) STRICT' },
      { number: 999, name: 'future', up: 'CREATE TABLE z (x INTEGER) STRICT' },
    ]);
    expect(() => {
      migrate(db, [{ number: 10, name: 'one', up: '' }]);
    }).toThrow('newer version');
  });
});
