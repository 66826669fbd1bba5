import type { GatewayDevice } from '../../contract/config.ts';
import { serialPorts } from './ports.ts';
import type { SerialName } from './ports.ts';

export interface BarePort {
  readonly barePort: string;
  /** The name that stays, where this machine has one for it. */
  readonly stablePort?: string;
}

/**
 * Whether a line is configured by a name that goes with the socket, not with the plug: `/dev/ttyUSB0` is another adapter
 * after the next start [DV48]. Ports soldered to the machine (ttyS, ttyAMA) keep their names.
 */
export function barePort(
  transport: GatewayDevice['transport'],
  known: () => readonly SerialName[] = serialPorts,
): BarePort | undefined {
  if (transport.kind !== 'serial' || !/^\/dev\/tty(USB|ACM)\d+$/.test(transport.path)) return undefined;
  const stable = known().find((each) => each.port === transport.path && each.name !== each.port);
  return stable === undefined
    ? { barePort: transport.path }
    : { barePort: transport.path, stablePort: stable.name };
}
