import type { Clock, UnixMillis } from '../../contract/ports.ts';
import type { LineScannerDefinition } from '../definitions/definition.ts';
import { encode } from '../frames/encode.ts';
import type { Transport } from '../transports/transport.ts';
import type { LineResult } from './lock-line.ts';

/** Tells a scanner to look for a code, one telling at a time. */
export interface ScannerTrigger {
  /** `done` when the scanner says that it heard; nothing leaves at or after `expiresAt`. */
  look(expiresAt: UnixMillis): Promise<LineResult>;
  /** Its acknowledgement stood on the line. */
  acknowledged(): void;
  /** It was told and did not answer, and nothing came since. */
  silent(): boolean;
  /** Something readable came: it is alive. */
  heard(): void;
}

/** A trigger is written once: a code looked for twice would be a code read twice [DV61]. */
export function createScannerTrigger(
  transport: Pick<Transport, 'write' | 'discard'>,
  trigger: NonNullable<LineScannerDefinition['trigger']>,
  clock: Clock,
): ScannerTrigger {
  const bytes = encode(trigger.frames, trigger.message, {});
  let silent = false;
  let waiting: (() => void) | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function once(expiresAt: UnixMillis): Promise<LineResult> {
    if (clock.now() >= expiresAt) return { outcome: 'refused', reason: 'expired' };
    let giveUp = (): void => undefined;
    const answered = new Promise<boolean>((resolve) => {
      // Listening begins before the bytes leave: the answer may be here before the write is known to have ended.
      waiting = () => {
        resolve(true);
      };
      giveUp = () => {
        resolve(false);
      };
    });
    // A line that takes nothing must not hold the command for longer than the answer is waited for.
    const cancelWrite = clock.after(trigger.ackWithinMs, () => {
      transport.discard();
    });
    const written = await transport.write(bytes);
    cancelWrite();
    if (written !== 'written') {
      waiting = undefined;
      return { outcome: 'failed', reason: 'line-down' };
    }
    const cancel = clock.after(trigger.ackWithinMs, giveUp);
    const heard = await answered;
    cancel();
    waiting = undefined;
    silent = !heard;
    return heard ? { outcome: 'done' } : { outcome: 'failed', reason: 'board-silent' };
  }

  return {
    look: (expiresAt) => {
      const mine = queue.then(() => once(expiresAt));
      queue = mine;
      return mine;
    },
    acknowledged: () => {
      silent = false;
      waiting?.();
    },
    silent: () => silent,
    heard: () => {
      silent = false;
    },
  };
}
