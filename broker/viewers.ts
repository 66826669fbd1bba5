import type { CancelTimer, Clock, Millis, Random, UnixMillis } from '../contract/ports.ts';
import { VIEWER_LIFE } from '../contract/topics.ts';
import type { BrokerRole } from '../contract/topics.ts';
import { sameBytes } from './secret-hash.ts';

/** What a page connects with: its client id, which is its user name too, and its password. */
export interface ViewerPass {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: UnixMillis;
}

/** Pages that may watch the bus for some minutes. Held in memory only: a new run of the broker knows none of them. */
export interface Viewers {
  issue(): ViewerPass;
  /** The role of a pass that has not ended. */
  role(id: string): BrokerRole | undefined;
  verify(id: string, token: string): boolean;
  stop(): void;
}

/** Passes at once; the oldest gives way. */
const MOST: number = 200;
const TOKEN_BYTES = 24;
const ROLE: BrokerRole = { kind: 'viewer' };

interface Held {
  readonly token: Uint8Array;
  readonly cancel: CancelTimer;
}

/** @param ended called when a pass has ended, with its id: whoever is connected with it is to be closed [BR44]. */
export function createViewers(
  clock: Pick<Clock, 'now' | 'after'>,
  random: Random,
  ended: (id: string) => void,
  life: Millis = VIEWER_LIFE,
): Viewers {
  const held = new Map<string, Held>();
  const end = (id: string): void => {
    held.get(id)?.cancel();
    held.delete(id);
    ended(id);
  };
  return {
    issue() {
      for (const oldest of held.keys()) {
        if (held.size < MOST) break;
        end(oldest);
      }
      const id = `viewer-${Buffer.from(random.bytes(8)).toString('hex')}`;
      const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url');
      held.set(id, {
        token: Buffer.from(token),
        cancel: clock.after(life, () => {
          end(id);
        }),
      });
      return { id, token, expiresAt: clock.now() + life };
    },
    role: (id) => (held.has(id) ? ROLE : undefined),
    verify(id, token) {
      const pass = held.get(id);
      return pass !== undefined && sameBytes(pass.token, Buffer.from(token));
    },
    stop() {
      for (const { cancel } of held.values()) cancel();
      held.clear();
    },
  };
}
