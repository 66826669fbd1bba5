import type { BusView } from '../../contract/hall-api.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import { accessTable } from '../../contract/topics.ts';
import type { BrokerRole } from '../../contract/topics.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { HallHandlers } from '../handlers.ts';

/** Who holds a credential at the broker, as the composition root knows it. */
export interface Bus {
  readonly broker: BusView['broker'];
  readonly clients: readonly {
    readonly id: string;
    readonly role: BrokerRole;
    /** null = another program's broker: not known here. */
    readonly connected: boolean | null;
  }[];
  /** undefined = another program's broker, which knows no passes. */
  readonly pass:
    (() => { readonly id: string; readonly token: string; readonly expiresAt: UnixMillis }) | undefined;
}

/** Who may do what on the bus: from the access table that the broker itself follows, nothing written twice [DK20]. */
export function createBusApi(hall: number, bus: () => Bus): Pick<HallHandlers, 'bus' | 'busPass'> {
  return {
    bus: ({ caller }) => {
      if (caller.kind !== 'staff' || caller.role !== 'manager') return refused('not-allowed');
      const { broker, clients } = bus();
      return accepted({
        broker,
        clients: clients
          .map(({ id, role, connected }) => {
            const { publish, retain, subscribe } = accessTable(hall, role);
            return {
              id,
              role: role.kind,
              connected,
              publish: publish.map((filter) => ({ filter, retain: retain.includes(filter) })),
              subscribe: [...subscribe],
            };
          })
          .sort((a, b) => a.role.localeCompare(b.role) || a.id.localeCompare(b.id)),
      });
    },
    // [DK21]
    busPass: () => {
      const pass = bus().pass?.();
      if (pass === undefined) return refused('part-unavailable');
      return accepted({ id: pass.id, token: pass.token, expiresAt: toInstant(pass.expiresAt) });
    },
  };
}
