import type { DeskView } from '../../contract/hall-api.ts';
import { LineStatistics } from '../../contract/messages.ts';
import { DeviceId } from '../../contract/ids.ts';
import type { Words } from '../../contract/ids.ts';
import type { UnixMillis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { SensorHealth } from '../occupancy/occupancy.service.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { adviceFor, faultOf, kindOf, portNoteOf, stateOf, together, unreadableOf } from './devices.rules.ts';
import type { DeviceState, Fault } from './devices.rules.ts';

interface Known {
  fault: Fault | undefined;
  /** What else the state tells that staff should read. */
  note: Words | undefined;
  line: LineStatistics | undefined;
  told: DeviceState;
  since: UnixMillis | undefined;
}

/** Statistics in a device's state, if it tells any that can be read. */
function lineOf(payload: unknown): LineStatistics | undefined {
  const stats =
    typeof payload === 'object' && payload !== null && 'stats' in payload ? payload.stats : undefined;
  const parsed = LineStatistics.safeParse(stats);
  return parsed.success ? parsed.data : undefined;
}

/** Health of devices as heard over MQTT; changes become facts [DK4]. Sensors come from occupancy, which judges them. */
export function createDevicesService(
  context: HallContext,
  sensors: () => SensorHealth[],
  isGateway: (id: string) => boolean = () => false,
) {
  const { clock, config, devices } = context;
  const known = new Map<string, Known>();
  const of = (id: string): Known => {
    const found = known.get(id) ?? {
      ...({ fault: undefined, note: undefined, line: undefined, told: 'never', since: undefined } as const),
    };
    known.set(id, found);
    return found;
  };

  /** A gateway is heard through its devices; of itself it only offers commissioning. */
  const isDevice = (id: string): boolean => id !== config.commissioning.id && !isGateway(id);

  function judge(id: string, availability: 'online' | 'offline' | 'never'): void {
    if (!isDevice(id)) return;
    const entry = of(id);
    const state = stateOf(availability, entry.fault);
    if (state === entry.told) return;
    entry.told = state;
    entry.since = clock.now();
    if (state !== 'never' && DeviceId.safeParse(id).success) {
      const detail = state === 'fault' ? entry.fault : undefined;
      context.store.transaction((tx) => {
        tx.record('device.changed', {
          device: id,
          state,
          ...(detail === undefined ? {} : { detail }),
          at: toInstant(clock.now()),
        });
        return undefined;
      });
    }
    context.live.changed('devices');
  }

  const listener: DeviceListener = {
    onAvailability: (device, online) => judge(device, online ? 'online' : 'offline'),
    onState: (device, payload) => {
      const entry = of(device);
      const fault = faultOf(payload);
      if (fault !== entry.fault) {
        entry.fault = fault;
        context.live.changed('devices');
      }
      entry.line = lineOf(payload);
      entry.note = together(portNoteOf(payload) ?? null, unreadableOf(payload)) ?? undefined;
      judge(device, devices.availability(device));
    },
  };

  return {
    listener,
    list: (): DeskView['devices'] => {
      const wired = config.devices.map((device) => {
        const entry = of(device.id);
        const kind = kindOf(device.definition, device.compartments.length);
        const state = stateOf(devices.availability(device.id), entry.fault);
        return {
          id: device.id,
          kind,
          name: device.definition,
          state,
          since: entry.since === undefined ? null : toInstant(entry.since),
          ...(entry.line === undefined ? {} : { line: entry.line }),
          advice: together(adviceFor(kind, state, entry.fault), state === 'never' ? undefined : entry.note),
        };
      });
      // Others that spoke on the bus without being in this configuration: gateways elsewhere in the house.
      const others = [...known.entries()]
        .filter(([id]) => isDevice(id) && !config.devices.some((device) => device.id === id))
        .map(([id, entry]) => {
          const state = stateOf(devices.availability(id), entry.fault);
          return {
            id,
            kind: 'device' as const,
            name: id,
            state,
            since: entry.since === undefined ? null : toInstant(entry.since),
            advice: together(
              adviceFor('device', state, entry.fault),
              state === 'never' ? undefined : entry.note,
            ),
          };
        });
      const measured = sensors().map((sensor) => {
        const state: DeviceState =
          sensor.trust === 'stuck'
            ? 'fault'
            : sensor.trust === 'fresh'
              ? 'online'
              : sensor.lastAt === undefined
                ? 'never'
                : 'offline';
        return {
          id: sensor.device,
          kind: 'sensor',
          name: sensor.kind,
          state,
          since: sensor.lastAt === undefined ? null : toInstant(sensor.lastAt),
          advice: adviceFor(
            'sensor',
            state === 'never' ? 'offline' : state,
            sensor.trust === 'stuck' ? 'stuck' : undefined,
          ),
        };
      });
      return [...wired, ...others, ...measured];
    },
    /** What the lines of devices have seen, by device [DK25]. */
    lines: (): (readonly [string, LineStatistics])[] =>
      [...known].flatMap(([id, { line }]) => (line === undefined ? [] : [[id, line] as const])),
    /** Paper of a printer, for the first line of a kiosk. */
    printer: (id: string | undefined): 'ok' | 'near-end' | 'out' | 'none' => {
      if (id === undefined || devices.availability(id) !== 'online') return 'none';
      switch (of(id).fault) {
        case 'paper-out':
          return 'out';
        case 'paper-near-end':
          return 'near-end';
        case undefined:
          return 'ok';
        default:
          return 'none';
      }
    },
  };
}

export type DevicesService = ReturnType<typeof createDevicesService>;
