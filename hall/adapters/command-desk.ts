import type { Command, Outcome } from '../../contract/messages.ts';
import type { CancelTimer, Clock } from '../../contract/ports.ts';
import { fromInstant, toInstant } from '../../contract/time.ts';

/** How a command can leave: `send` hands it to the open connection and calls back when the broker has it. */
export interface CommandLine {
  connected(): boolean;
  send(device: string, command: Command, acknowledged: () => void): void;
}

interface Waiting {
  readonly device: string;
  readonly command: Command;
  /** Bytes went to a connection at least once: a device may have it. */
  handedOver: boolean;
  readonly cancel: CancelTimer;
}

export interface CommandDesk {
  take(device: string, command: Command): void;
  /** The connection is up again: what has not expired goes out once more, under the same id. */
  connected(): void;
  /** Ended without the device: see `take`. */
  counts(): { readonly waiting: number; readonly unsent: number; readonly unconfirmed: number };
  stop(): void;
}

/**
 * Commands on their way to the broker [HT12]. Nothing leaves after its expiry. A command that the broker did not
 * confirm by then ends here: `failed` when it never left this process, `unknown` when it may have arrived.
 * Sending the same id again is safe: a device executes an id at most once.
 */
export function createCommandDesk(
  clock: Clock,
  line: CommandLine,
  ended: (device: string, outcome: Outcome) => void,
): CommandDesk {
  const waiting = new Map<string, Waiting>();
  let unsent = 0;
  let unconfirmed = 0;

  const send = (entry: Waiting): void => {
    if (!line.connected() || clock.now() >= fromInstant(entry.command.expiresAt)) return;
    entry.handedOver = true;
    line.send(entry.device, entry.command, () => {
      entry.cancel();
      waiting.delete(entry.command.id);
    });
  };
  const expire = (id: string): void => {
    const entry = waiting.get(id);
    if (entry === undefined) return;
    waiting.delete(id);
    if (entry.handedOver) unconfirmed += 1;
    else unsent += 1;
    ended(entry.device, {
      id,
      outcome: entry.handedOver ? 'unknown' : 'failed',
      reason: 'line-down',
      at: toInstant(clock.now()),
    });
  };

  return {
    take: (device, command) => {
      if (waiting.has(command.id)) return;
      const left = fromInstant(command.expiresAt) - clock.now();
      const cancel = clock.after(Math.max(0, left), () => {
        expire(command.id);
      });
      const entry: Waiting = { device, command, handedOver: false, cancel };
      waiting.set(command.id, entry);
      send(entry);
    },
    connected: () => {
      for (const entry of [...waiting.values()]) send(entry);
    },
    counts: () => ({ waiting: waiting.size, unsent, unconfirmed }),
    stop: () => {
      for (const entry of waiting.values()) entry.cancel();
      waiting.clear();
    },
  };
}
