import type { DeskView, HelpView } from '../../contract/hall-api.ts';
import type { CancelTimer } from '../../contract/ports.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';
import { startOfDay } from '../../contract/local-time.ts';
import type { HallContext, Transaction } from '../ports.ts';
import { helpStep } from './help.machine.ts';
import type { HelpEvent, HelpState } from './help.machine.ts';
import { UNANSWERED_MS, waitMinutes } from './help.rules.ts';
import { createHelpStore } from './help.store.ts';
import type { HelpRow } from './help.store.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const DONE_SHOWN = 20;

/** Calls for a person: from a kiosk to the desk and back. One open call a kiosk. */
export function createHelpService(context: HallContext) {
  const { clock, config, store: hall } = context;
  const store = createHelpStore(hall.db);
  const timers = new Map<string, CancelTimer>();

  const stateOf = (row: HelpRow): HelpState =>
    row.endedAt !== null ? 'ended' : row.takenAt !== null ? 'taken' : 'called';

  function view(row: HelpRow): HelpView {
    const state = stateOf(row);
    const now = clock.now();
    const ahead =
      state === 'called'
        ? store.open().filter((other) => other.takenAt === null && other.calledAt < row.calledAt).length
        : 0;
    const recent = store
      .answered(toInstant(now - WEEK_MS))
      .map((each) => fromInstant(each.takenAt) - fromInstant(each.calledAt));
    // Nobody has answered: the number of somebody who will [HP2].
    const phone =
      state === 'called' && now - fromInstant(row.calledAt) >= UNANSWERED_MS ? config.helpPhone : '';
    return {
      helpId: row.id,
      state,
      takenBy: row.takenBy,
      calledAt: row.calledAt,
      waitMinutes: waitMinutes(recent, ahead),
      phone,
    };
  }

  function watch(row: HelpRow): void {
    timers.get(row.id)?.();
    const left = Math.min(
      UNANSWERED_MS,
      Math.max(0, fromInstant(row.calledAt) + UNANSWERED_MS - clock.now()),
    );
    timers.set(
      row.id,
      clock.after(left, () => {
        timers.delete(row.id);
        if (store.one(row.id)?.takenAt === null) context.live.changed('help');
      }),
    );
  }

  function forget(id: string): void {
    timers.get(id)?.();
    timers.delete(id);
  }

  /** Calls a person to a kiosk. A second call while one is open is the same call, with the newer page [HP1]. */
  function call(kiosk: string, page: string, note?: string): HelpView {
    return hall.transaction((tx) => {
      const known = store.openAt(kiosk);
      if (known !== undefined) store.where(known.id, page, note ?? null);
      const id = known?.id ?? context.ids.uuid();
      if (known === undefined) {
        const calledAt = toInstant(clock.now());
        store.insert({ id, kiosk, page, note: note ?? null, calledAt });
        tx.record('help.called', { helpId: id, kiosk, page, at: calledAt });
        tx.audit({ actor: `kiosk:${kiosk}`, action: 'help.called', subject: id });
      }
      const row = store.one(id);
      if (row === undefined) throw new Error('a call that was just written is gone');
      tx.afterCommit(() => {
        if (known === undefined) watch(row);
        context.live.changed('help');
      });
      return view(row);
    });
  }

  /** Applies an event to one call. `kiosk`: only its own call. */
  function act(id: string, event: HelpEvent, by: { staff: string } | { kiosk: string }): Result<HelpView> {
    return hall.transaction((tx): Result<HelpView> => {
      const row = store.one(id);
      if (row === undefined || ('kiosk' in by && row.kiosk !== by.kiosk)) return refused('help-unknown');
      const step = helpStep(stateOf(row), event);
      // Tapped twice, or two people at once: the call already is where they want it.
      if (step === undefined) return accepted(view(row));
      carryOut(tx, row, step.effects, by);
      const after = store.one(id);
      return after === undefined ? refused('help-unknown') : accepted(view(after));
    });
  }

  function carryOut(
    tx: Transaction,
    row: HelpRow,
    effects: readonly string[],
    by: { staff: string } | { kiosk: string },
  ): void {
    const at = toInstant(clock.now());
    const staff = 'staff' in by ? by.staff : undefined;
    const actor = 'staff' in by ? `staff:${by.staff}` : `kiosk:${by.kiosk}`;
    if (effects.includes('note-who') && staff !== undefined) store.take(row.id, staff, at);
    const outcome = effects.includes('fact-helped')
      ? 'helped'
      : effects.includes('fact-withdrawn')
        ? 'withdrawn'
        : undefined;
    if (outcome !== undefined) {
      store.end(row.id, at, outcome);
      const takenBy = row.takenBy ?? staff;
      tx.record('help.ended', { helpId: row.id, at, ...(takenBy === undefined ? {} : { takenBy }), outcome });
    }
    tx.audit({ actor, action: outcome === undefined ? 'help.taken' : `help.${outcome}`, subject: row.id });
    tx.afterCommit(() => {
      forget(row.id);
      context.live.changed('help');
    });
  }

  const kioskWords = (id: string) =>
    config.kiosks.find((kiosk) => kiosk.id === id) ?? { name: { zh: id, en: id }, place: { zh: id, en: id } };

  return {
    /** Calls that were open when the hall stopped are watched again. */
    start: (): void => {
      for (const row of store.open()) if (row.takenAt === null) watch(row);
    },
    stop: (): void => {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
    call,
    get: (id: string): Result<HelpView> => {
      const row = store.one(id);
      return row === undefined ? refused('help-unknown') : accepted(view(row));
    },
    withdraw: (id: string, kiosk: string): Result<HelpView> => act(id, 'withdraw', { kiosk }),
    take: (id: string, staff: string): Result<HelpView> => act(id, 'take', { staff }),
    end: (id: string, staff: string): Result<HelpView> => act(id, 'end', { staff }),
    /** For the desk: who needs help now, longest wait first, and today's finished calls. */
    board: (): Pick<DeskView, 'help' | 'helpDone'> => ({
      help: store.open().map((row) => ({
        help: view(row),
        kiosk: row.kiosk,
        kioskName: kioskWords(row.kiosk).name,
        place: kioskWords(row.kiosk).place,
        page: row.page,
        note: row.note,
      })),
      helpDone: store.ended(toInstant(startOfDay(clock.now(), config.timeZone)), DONE_SHOWN).flatMap((row) =>
        row.endedAt === null
          ? []
          : [
              {
                help: view(row),
                kioskName: kioskWords(row.kiosk).name,
                endedAt: row.endedAt,
                seconds: Math.max(
                  0,
                  Math.round((fromInstant(row.endedAt) - fromInstant(row.calledAt)) / 1000),
                ),
              },
            ],
      ),
    }),
  };
}

export type HelpService = ReturnType<typeof createHelpService>;
