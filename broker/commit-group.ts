import type { CancelTimer, Clock, Millis } from '../contract/ports.ts';
import type { BrokerDatabase } from './store.ts';

/** How long work that nobody waits for may stay uncommitted. */
const LAZY_COMMIT_MS: Millis = 50;

/** Changes held in memory and written when the transaction they belong to is committed. */
export interface DeferredWrites {
  /** Whether there is anything to write. */
  readonly pending: boolean;
  /** Writes what changed, inside the transaction. */
  write(): void;
  committed(): void;
  rolledBack(): void;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Many small writes, one fsync. Work runs at once inside an open transaction of the broker's only
 * connection, so reads see it; `durable` resolves after the COMMIT that holds it. All the durable
 * work of one turn of the event loop shares a commit, which is what keeps a burst of QoS 1
 * messages from costing one fsync each. Waiters are answered in the order they came.
 */
export class CommitGroup {
  readonly #db: BrokerDatabase;
  readonly #clock: Clock;
  readonly #failed: (error: Error) => void;
  readonly #deferred: DeferredWrites;
  #waiters: Waiter[] = [];
  #cancelLazy: CancelTimer | undefined;

  /** `failed` hears of commits that failed with nobody waiting for them. */
  constructor(db: BrokerDatabase, clock: Clock, failed: (error: Error) => void, deferred: DeferredWrites) {
    this.#db = db;
    this.#clock = clock;
    this.#failed = failed;
    this.#deferred = deferred;
  }

  /** Runs now, commits within 50 ms. For writes whose loss in a crash only repeats work. */
  lazy<T>(work: () => T): T {
    this.#begin();
    return this.deferred(work);
  }

  /** The same for work that changes nothing but what is written at the commit: no transaction stays open for it. */
  deferred<T>(work: () => T): T {
    const result = work();
    this.#cancelLazy ??= this.#clock.after(LAZY_COMMIT_MS, () => {
      this.flush();
    });
    return result;
  }

  /** Runs now, resolves after it is on disk. Rejects when `work` throws or the commit fails. */
  async durable<T>(work: () => T): Promise<T> {
    this.#begin();
    const result = work();
    await new Promise<void>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#waiters.length > 1) return;
      // The end of this turn of the event loop, not a time: every socket that is readable now is read first.
      // eslint-disable-next-line no-restricted-globals
      setImmediate(() => {
        this.flush();
      });
    });
    return result;
  }

  /** Commits what is open and answers those who wait. */
  flush(): void {
    this.#cancelLazy?.();
    this.#cancelLazy = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      if (this.#db.open) this.#commit();
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      this.#deferred.rolledBack();
      this.#failed(error);
      for (const waiter of waiters) waiter.reject(error);
      return;
    }
    for (const waiter of waiters) waiter.resolve();
  }

  #commit(): void {
    if (this.#deferred.pending) {
      this.#begin();
      this.#deferred.write();
    }
    if (this.#db.inTransaction) this.#db.exec('COMMIT');
    this.#deferred.committed();
  }

  #begin(): void {
    if (!this.#db.inTransaction) this.#db.exec('BEGIN IMMEDIATE');
  }
}
