import type { Duplex } from 'node:stream';
import type { CancelTimer, Clock, Millis } from '../contract/ports.ts';

export interface ShortWaitOptions {
  readonly clock: Clock;
  /** Nothing read for this long: cut off. */
  readonly drainTimeout: Millis;
  /** More unread than this: cut off at once. */
  readonly unreadBytes: number;
  /** Called once, just before the socket is destroyed. */
  readonly cut: (unreadBytes: number) => void;
}

/** The longest a full socket may hold up the messages of everybody else (BR38). */
export const LONGEST_HOLD: Millis = 50;

/** A small packet costs far more memory than its bytes while it waits, so its pieces are counted too. */
const UNREAD_WRITES = 65_536;

/**
 * Puts a bounded wait in front of aedes, which hands out a message to all its receivers and goes on
 * only when the slowest has room again: one frozen subscriber stops everybody until `drainTimeout`.
 * Here a full socket still slows its senders down, but for `LONGEST_HOLD` only; then its messages
 * wait in its own buffer, and it alone pays: cut off when it reads nothing, or leaves too much unread.
 */
export function holdShortly(socket: Duplex, options: ShortWaitOptions): void {
  const { clock, drainTimeout, unreadBytes, cut } = options;
  // Typed loosely on purpose: it passes on whatever overload of write() was called.
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  /** In the unit of writableLength, so that the difference is what the other side's kernel took. */
  let given = 0;
  let waiting = false;
  let released = false;
  let writesWaiting = 0;
  let cancel: CancelTimer = () => undefined;

  const end = (): void => {
    cancel();
    if (socket.destroyed) return;
    cut(socket.writableLength);
    socket.destroy();
  };
  const taken = (): number => given - socket.writableLength;
  const watch = (before: number): void => {
    cancel = clock.after(drainTimeout, () => {
      const now = taken();
      if (now > before) watch(now);
      else end();
    });
  };
  const drained = (): void => {
    // Our own 'drain' below comes by here too; only an empty buffer is a real one.
    if (socket.writableLength > 0) return;
    cancel();
    waiting = false;
    released = false;
    writesWaiting = 0;
  };
  socket.on('drain', drained);
  socket.once('close', () => {
    cancel();
  });

  socket.write = (...args: unknown[]): boolean => {
    const [chunk] = args as [string | Uint8Array];
    const roomLeft = write(...args);
    given += chunk.length;
    if (roomLeft || socket.destroyed) return roomLeft;
    writesWaiting += 1;
    if (socket.writableLength > unreadBytes || writesWaiting > UNREAD_WRITES) {
      end();
      return false;
    }
    if (released) return true;
    if (!waiting) {
      waiting = true;
      const before = taken();
      cancel = clock.after(LONGEST_HOLD, () => {
        released = true;
        watch(before);
        socket.emit('drain');
      });
    }
    return false;
  };
}
