import { z } from 'zod';
import { Uuid } from '../contract/ids.ts';
import { Command, COMMAND_LIFE_MS, type Outcome, type OutcomeReason } from '../contract/messages.ts';
import type { Clock } from '../contract/ports.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import { CLOCK_TOLERANCE_MS, type ClockProof } from './clock-proof.ts';
import type { LineResult } from './drivers/lock-line.ts';
import type { GatewayStore } from './gateway.store.ts';
import type { Log } from './log.ts';
import type { Unit } from './unit.ts';

/** Takes commands from the broker: judges, remembers, executes at most once, and ends each exactly once. */
export interface CommandDesk {
  take(unit: Unit, payload: Uint8Array, retained: boolean): void;
  /** Ends what an earlier run accepted and did not end, as `unknown` / `restarted`. */
  endUnfinished(device: string): void;
  counts(): { readonly malformed: number; readonly retained: number; readonly repeated: number };
}

/** A print job is the longest command; more than this is not one of ours. */
const MAX_COMMAND_BYTES = 64 * 1024;

const Named = z.looseObject({ id: Uuid, name: z.string().optional() });
const NAMES: readonly string[] = Command.options.map((option) => option.shape.name.value);

export function createCommandDesk(parts: {
  readonly store: GatewayStore;
  readonly proof: ClockProof;
  readonly clock: Clock;
  readonly log: Log;
  finished(device: string): void;
}): CommandDesk {
  const { store, proof, clock, log } = parts;
  const counts = { malformed: 0, retained: 0, repeated: 0 };

  function finish(device: string, id: string, result: LineResult): void {
    const outcome: Outcome = { id, at: toInstant(clock.now()), ...result };
    if (store.finish(device, id, JSON.stringify(outcome))) parts.finished(device);
  }

  /** Why this command must not be executed now, or undefined. */
  function objection(command: Command): OutcomeReason | undefined {
    if (!proof.proved()) return 'clock-unproved';
    const left = fromInstant(command.expiresAt) - clock.now();
    if (left <= 0) return 'expired';
    // A longer life could outlive whatever the hall believed when it gave the command.
    if (left > COMMAND_LIFE_MS + CLOCK_TOLERANCE_MS) return 'bad-arguments';
    return undefined;
  }

  function again(device: string, id: string, outcome: string | undefined): void {
    counts.repeated += 1;
    // Still running: its one outcome comes by itself. Ended: the same outcome is said again [DV6].
    if (outcome === undefined) return;
    log.info({ device, command: id }, 'a command came again; its outcome is repeated');
    store.keep(device, 'outcome', outcome);
    parts.finished(device);
  }

  function take(unit: Unit, payload: Uint8Array, retained: boolean): void {
    if (retained) {
      counts.retained += 1;
      log.warn({ device: unit.id }, 'a retained command was ignored');
      return;
    }
    const value = payload.length > MAX_COMMAND_BYTES ? undefined : parseJson(payload);
    const named = Named.safeParse(value);
    if (!named.success) {
      counts.malformed += 1;
      log.warn({ device: unit.id, bytes: payload.length }, 'a command without a usable id was ignored');
      return;
    }
    const { id, name = '' } = named.data;
    const command = Command.safeParse(value);
    const compartment =
      command.success && 'compartment' in command.data.args ? command.data.args.compartment : null;
    const expiresAt = command.success ? fromInstant(command.data.expiresAt) : clock.now();
    const before = store.accept({ device: unit.id, id, name, compartment }, expiresAt);
    if (before !== 'new') {
      again(unit.id, id, before.outcome);
      return;
    }
    const reason = command.success
      ? objection(command.data)
      : NAMES.includes(name)
        ? 'bad-arguments'
        : 'unknown-command';
    if (reason !== undefined || !command.success) {
      finish(unit.id, id, { outcome: 'refused', reason: reason ?? 'bad-arguments' });
      return;
    }
    void unit.execute(command.data).then(
      (result) => {
        finish(unit.id, id, result);
      },
      (error: unknown) => {
        log.error(
          {
            device: unit.id,
            command: id,
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          },
          'a driver failed',
        );
        finish(unit.id, id, { outcome: 'unknown' });
      },
    );
  }

  return {
    take,
    endUnfinished: (device) => {
      for (const row of store.unfinished(device))
        finish(device, row.id, { outcome: 'unknown', reason: 'restarted' });
    },
    counts: () => ({ ...counts }),
  };
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown;
  } catch {
    // Not JSON: the caller counts it.
    return undefined;
  }
}
