import type { BrokerConfig } from '../contract/config.ts';
import type { BrokerRole } from '../contract/topics.ts';
import type { Broker } from './broker.ts';
import { rolesOf } from './enrol.ts';

export interface BusClient {
  readonly id: string;
  readonly role: BrokerRole;
  /** null = another program is the broker: not known here. */
  readonly connected: boolean | null;
}

/** Who holds a credential: as this broker knows it, or as the configuration gives it to another one (`broker` undefined). */
export function busClients(
  config: Pick<BrokerConfig, 'devices' | 'bridges'>,
  broker: Broker | undefined,
): BusClient[] {
  if (broker === undefined) return [...rolesOf(config)].map(([id, role]) => ({ id, role, connected: null }));
  const connected = new Set(broker.clients());
  const enrolled = broker.credentials.ids().flatMap((id) => {
    const role = broker.credentials.role(id);
    return role === undefined ? [] : [{ id, role, connected: connected.has(id) }];
  });
  // Passes of pages are many and short: they are shown while they are used.
  const viewers = [...connected].filter((id) => broker.viewerRole(id) !== undefined);
  return [...enrolled, ...viewers.map((id) => ({ id, role: { kind: 'viewer' } as const, connected: true }))];
}
