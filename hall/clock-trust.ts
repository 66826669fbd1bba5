import type { Clock, Millis, UnixMillis } from '../contract/ports.ts';
import { fromInstant } from '../contract/time.ts';
import type { ClockState } from '../contract/time.ts';
import type { ClockTrust } from './ports.ts';
import type { Database } from './store/database.ts';
import { createSettings } from './store/settings.ts';

/** Wall and steady clock may drift apart by this much between two looks before it is called a jump. */
const JUMP_MS: Millis = 5_000;
/** Central's time and ours must agree this well to prove our clock: one step of a moving QR. */
export const PROOF_TOLERANCE_MS: Millis = 30_000;
/** Corrections smaller than this do not put the clock behind the last fact. */
const BEHIND_MS: Millis = 2_000;
const SETTING = 'clock-proof';

export interface MachineClock {
  /** Changes at every boot of the machine, not of the process. */
  readonly bootId: string;
  /** When the operating system last synchronised its clock since boot, by that clock; undefined when never. */
  ntpSyncedAt(): UnixMillis | undefined;
}

export interface ClockProof extends ClockTrust {
  /** Central's time as heard just now. Proves the clock when both agree; answers whether they did. */
  heardCentral(at: UnixMillis): boolean;
}

interface Proof {
  readonly bootId: string;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * Whether this machine's clock can be believed [ST9]: proved since boot by central's time or by the system's
 * own synchronisation, not jumped since, and not behind the last stored fact. A proof by central is
 * stored with the boot id, so that a restart of the process keeps it and a restart of the machine does not.
 */
export function createClockTrust(db: Database, clock: Clock, machine: MachineClock): ClockProof {
  const settings = createSettings(db);
  const lastFact = db.prepare<[], { epoch: number; seq: number; occurred_at: string }>(
    'SELECT epoch, seq, occurred_at FROM outbox ORDER BY epoch DESC, seq DESC LIMIT 1',
  );
  let proof = readProof(settings.get(SETTING), machine.bootId);
  let looked = { wall: clock.now(), steady: clock.monotonic() };
  let jumpedAt: UnixMillis | undefined;

  const look = (): void => {
    const now = { wall: clock.now(), steady: clock.monotonic() };
    const difference = now.wall - looked.wall - (now.steady - looked.steady);
    looked = now;
    if (Math.abs(difference) <= JUMP_MS) return;
    jumpedAt = now.wall;
    proof = undefined;
    settings.set(SETTING, '');
  };
  const byNtp = (): boolean => {
    const at = machine.ntpSyncedAt();
    // The correction that made the jump is itself a synchronisation: its mark is as new as the jump.
    return at !== undefined && (jumpedAt === undefined || at >= jumpedAt - JUMP_MS);
  };
  const behind = (): boolean => {
    const fact = lastFact.get();
    if (fact === undefined || clock.now() >= fromInstant(fact.occurred_at) - BEHIND_MS) return false;
    // Central has spoken after that fact was written: then the fact's clock was the wrong one.
    return !(
      proof !== undefined &&
      (proof.epoch > fact.epoch || (proof.epoch === fact.epoch && proof.seq >= fact.seq))
    );
  };
  const believed = (): boolean => {
    look();
    return proof !== undefined || byNtp();
  };

  return {
    proved: () => believed() && !behind(),
    state: (): ClockState => {
      if (believed()) return behind() ? 'free' : 'synced';
      return jumpedAt === undefined ? 'free' : 'jumped';
    },
    heardCentral: (at) => {
      look();
      if (Math.abs(at - clock.now()) > PROOF_TOLERANCE_MS) {
        proof = undefined;
        settings.set(SETTING, '');
        return false;
      }
      const fact = lastFact.get();
      const next: Proof = { bootId: machine.bootId, epoch: fact?.epoch ?? 0, seq: fact?.seq ?? 0 };
      // Written at the first proof and when it matters, not at every word from central.
      if (proof === undefined || behind()) settings.set(SETTING, JSON.stringify(next));
      proof = next;
      jumpedAt = undefined;
      return true;
    },
  };
}

function readProof(text: string | undefined, bootId: string): Proof | undefined {
  if (text === undefined || text === '') return undefined;
  const value = JSON.parse(text) as Proof;
  return value.bootId === bootId ? value : undefined;
}
