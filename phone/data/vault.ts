import { z } from 'zod';
import { PhoneView } from '../../contract/central-api.ts';

/** What the phone keeps to work without a network: the last view with its grants' secrets. */
export const Kept = z.object({
  view: PhoneView,
  /** Central's time of the answer, milliseconds. */
  receivedAt: z.number(),
  /** Central's clock minus the phone's, milliseconds. */
  offset: z.number(),
});
export type Kept = z.infer<typeof Kept>;

/** The phone's own store. None of it rejects: a browser without storage works online only. */
export interface Vault {
  read(): Promise<Kept | undefined>;
  keep(kept: Kept): Promise<void>;
  /** Everything of the member goes [PP4]. */
  wipe(): Promise<void>;
  /** A sign-out that central has not heard of yet [PP5]. */
  leaving(): Promise<boolean>;
  setLeaving(on: boolean): Promise<void>;
}

const DB = 'union-hall-phone';
const STORE = 'kept';

/** The vault in IndexedDB: script of other origins cannot read it, and it is gone with one call. */
export function openVault(factory: IDBFactory): Vault {
  const open = (): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const request = factory.open(DB, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE);
      };
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(request.error ?? new Error('IndexedDB does not open'));
      };
    });
  /** One transaction; resolves when it is committed. */
  const within = async (
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> => {
    const db = await open();
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const transaction = db.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => {
          resolve(request.result);
        };
        transaction.onabort = () => {
          reject(transaction.error ?? new Error('the transaction was aborted'));
        };
      });
    } finally {
      db.close();
    }
  };
  const tried = async (what: string, work: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await work();
    } catch (error) {
      // Private windows and full disks: the page goes on with what it has in memory.
      console.warn(`the phone could not ${what}`, error);
      return undefined;
    }
  };
  return {
    read: async () => {
      const found = await tried('read what it kept', () =>
        within('readonly', (store) => store.get('view') as IDBRequest<unknown>),
      );
      const kept = Kept.safeParse(found);
      return kept.success ? kept.data : undefined;
    },
    keep: async (kept) => {
      await tried('keep the view', () => within('readwrite', (store) => store.put(kept, 'view')));
    },
    wipe: async () => {
      await tried('wipe the view', () => within('readwrite', (store) => store.delete('view')));
    },
    leaving: async () =>
      (await tried('read the sign-out', () =>
        within('readonly', (store) => store.get('leaving') as IDBRequest<unknown>),
      )) === true,
    setLeaving: async (on) => {
      await tried('note the sign-out', () => within('readwrite', (store) => store.put(on, 'leaving')));
    },
  };
}
