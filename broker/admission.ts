import type { Socket } from 'node:net';
import type { Clock } from '../contract/ports.ts';
import { count } from './counters.ts';
import type { BrokerCounters } from './counters.ts';
import type { BrokerLimits } from './limits.ts';
import { tokenBuckets } from './token-bucket.ts';

/** Who may open a socket at all, whichever listener it came to: caps and buckets are shared by all of them [BR17]. */
export interface Admission {
  /** False = the socket was refused, counted and closed. */
  admit(socket: Socket): boolean;
  /** Closes every socket that is open. */
  closeAll(): void;
}

export function createAdmission(
  clock: Pick<Clock, 'monotonic'>,
  limits: BrokerLimits,
  counters: BrokerCounters,
): Admission {
  const buckets = tokenBuckets(clock, { perSecond: limits.connectsPerSecond, burst: limits.connectBurst });
  const sockets = new Set<Socket>();
  return {
    admit(socket) {
      const refusal =
        sockets.size >= limits.connections
          ? 'too-many-connections'
          : buckets.take(socket.remoteAddress ?? '')
            ? undefined
            : 'connect-rate';
      if (refusal !== undefined) {
        count(counters.refusedBy, refusal);
        socket.on('error', () => undefined);
        socket.destroy();
        return false;
      }
      counters.connections += 1;
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
      });
      return true;
    },
    closeAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
