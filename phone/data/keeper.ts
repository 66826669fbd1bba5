import type { Clock } from '../../contract/ports.ts';
import type { Refusal, Result } from '../../contract/refusals.ts';
import { fromInstant } from '../../contract/time.ts';
import { clockOffset } from '../rules/central-time.rules.ts';
import { RefusalError } from './phone-api.ts';
import type { PhoneApi } from './phone-api.ts';
import type { Kept, Vault } from './vault.ts';

/** What the page knows of its member. */
export type Known = { readonly kind: 'signed-out' } | { readonly kind: 'shown'; readonly kept: Kept };

/** Joins central and the phone's store: one member at a time, and nothing of the last one stays. */
export interface Keeper {
  /** What was kept, before anything is asked; undefined when nothing was. */
  stored(): Promise<Known | undefined>;
  /** Central's present answer, kept for later. Throws RefusalError when central is not reached. */
  fetch(): Promise<Known>;
  signIn(mobile: string, code: string): Promise<Result<{ nameMasked: string }>>;
  /** Wipes at once and tells central, now or at the next chance [PP4] [PP5]. */
  signOut(): Promise<void>;
}

export function createKeeper(api: PhoneApi, vault: Vault, clock: Clock): Keeper {
  /** Rises with every sign-in and sign-out: answers to earlier questions are dropped [PP4]. */
  let visit = 0;
  /** One thing at a time in the vault, so that a late keep never follows a wipe. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next;
    return next;
  };

  const tellLeaving = async (): Promise<Refusal | undefined> => {
    const answer = await api.call('signOutPhone', {});
    if (!answer.ok && answer.refusal.code !== 'not-signed-in') return answer.refusal;
    await inTurn(() => vault.setLeaving(false));
    return undefined;
  };

  return {
    stored: async () => {
      if (await vault.leaving()) return { kind: 'signed-out' };
      const kept = await vault.read();
      return kept === undefined ? undefined : { kind: 'shown', kept };
    },
    fetch: async () => {
      const mine = visit;
      if (await vault.leaving()) {
        await tellLeaving();
        return { kind: 'signed-out' };
      }
      const asked = clock.now();
      const answer = await api.call('phone', { query: {} });
      if (!answer.ok) {
        if (answer.refusal.code !== 'not-signed-in') throw new RefusalError(answer.refusal);
        if (mine === visit) await inTurn(() => vault.wipe());
        return { kind: 'signed-out' };
      }
      const view = answer.value;
      const central = fromInstant(view.now);
      const kept: Kept = {
        view,
        receivedAt: central,
        offset: clockOffset(asked, clock.now(), central),
      };
      return inTurn(async (): Promise<Known> => {
        if (mine !== visit) return { kind: 'signed-out' };
        await vault.keep(kept);
        return { kind: 'shown', kept };
      });
    },
    signIn: async (mobile, code) => {
      const answer = await api.call('signInPhone', { body: { mobile, code } });
      if (!answer.ok) return answer;
      visit += 1;
      // The new session's cookie has replaced the old one: there is nobody left to sign out.
      await inTurn(async () => {
        await vault.wipe();
        await vault.setLeaving(false);
      });
      return answer;
    },
    signOut: async () => {
      visit += 1;
      await inTurn(async () => {
        await vault.setLeaving(true);
        await vault.wipe();
      });
      await tellLeaving();
    },
  };
}
