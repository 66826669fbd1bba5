import { describe, expect, test } from 'vitest';
import { accepted, refused } from '../../../contract/refusals.ts';
import type { Result } from '../../../contract/refusals.ts';
import { toInstant } from '../../../contract/time.ts';
import { createKeeper } from '../../../phone/data/keeper.ts';
import type { PhoneApi } from '../../../phone/data/phone-api.ts';
import type { Kept, Vault } from '../../../phone/data/vault.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { viewAt } from './sample-view.ts';

function memoryVault(): Vault & { view: Kept | undefined; gone: boolean } {
  const held: { view: Kept | undefined; gone: boolean } = { view: undefined, gone: false };
  return Object.assign(held, {
    read: () => Promise.resolve(held.view),
    keep: (kept: Kept) => {
      held.view = kept;
      return Promise.resolve();
    },
    wipe: () => {
      held.view = undefined;
      return Promise.resolve();
    },
    leaving: () => Promise.resolve(held.gone),
    setLeaving: (on: boolean) => {
      held.gone = on;
      return Promise.resolve();
    },
  });
}

/** A server whose answers are given one by one; what was asked is written down. */
function scripted(answers: Record<string, () => Promise<Result<unknown>>>) {
  const asked: string[] = [];
  const api: PhoneApi = {
    call: async (name) => {
      asked.push(name);
      return (await (answers[name] ?? (() => Promise.resolve(refused('part-unavailable'))))()) as never;
    },
  };
  return { api, asked };
}

describe('what the phone keeps', () => {
  test('[PP2] [PP3] an answer is kept with the distance of the clocks; without one the kept view is there', async () => {
    const clock = createVirtualClock();
    const vault = memoryVault();
    const view = { ...viewAt(clock.now()), now: toInstant(clock.now() + 90_000) };
    const { api } = scripted({ phone: () => Promise.resolve(accepted(view)) });
    await createKeeper(api, vault, clock).fetch();
    expect(vault.view?.offset).toBe(90_000);
    const dead = createKeeper(scripted({}).api, vault, clock);
    await expect(dead.fetch()).rejects.toMatchObject({ refusal: { code: 'part-unavailable' } });
    expect(await dead.stored()).toMatchObject({ kind: 'shown', kept: { view } });
  });

  test('[PP4] a session that central has ended wipes what was kept', async () => {
    const clock = createVirtualClock();
    const vault = memoryVault();
    vault.view = { view: viewAt(clock.now()), receivedAt: clock.now(), offset: 0 };
    const { api } = scripted({ phone: () => Promise.resolve(refused('not-signed-in')) });
    expect(await createKeeper(api, vault, clock).fetch()).toEqual({ kind: 'signed-out' });
    expect(vault.view).toBeUndefined();
  });

  test('[PP4] an answer that comes after signing out is neither shown nor kept', async () => {
    const clock = createVirtualClock();
    const vault = memoryVault();
    const late: { give?: (value: Result<unknown>) => void } = {};
    const { api } = scripted({
      phone: () => new Promise((resolve) => (late.give = resolve)),
      signOutPhone: () => Promise.resolve(accepted({ ok: true })),
    });
    const keeper = createKeeper(api, vault, clock);
    const answer = keeper.fetch();
    await Promise.resolve();
    await keeper.signOut();
    late.give?.(accepted(viewAt(clock.now())));
    expect(await answer).toEqual({ kind: 'signed-out' });
    expect(vault.view).toBeUndefined();
  });

  test('[PP5] a sign-out central has not heard of is sent first, and nothing else is asked', async () => {
    const clock = createVirtualClock();
    const vault = memoryVault();
    vault.view = { view: viewAt(clock.now()), receivedAt: clock.now(), offset: 0 };
    await createKeeper(scripted({}).api, vault, clock).signOut();
    expect([vault.view, vault.gone]).toEqual([undefined, true]);
    // The page is opened again, still without a network, then with one.
    const still = scripted({});
    const again = createKeeper(still.api, vault, clock);
    expect(await again.stored()).toEqual({ kind: 'signed-out' });
    expect(await again.fetch()).toEqual({ kind: 'signed-out' });
    expect([still.asked, vault.gone]).toEqual([['signOutPhone'], true]);
    const back = scripted({ signOutPhone: () => Promise.resolve(accepted({ ok: true })) });
    await createKeeper(back.api, vault, clock).fetch();
    expect([back.asked, vault.gone]).toEqual([['signOutPhone'], false]);
  });

  test('[PP5] signing in as somebody else makes the owed sign-out void', async () => {
    const clock = createVirtualClock();
    const vault = memoryVault();
    vault.gone = true;
    const { api } = scripted({ signInPhone: () => Promise.resolve(accepted({ nameMasked: '王*' })) });
    await createKeeper(api, vault, clock).signIn('13800000003', '123456');
    expect(vault.gone).toBe(false);
  });
});
