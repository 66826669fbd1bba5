import { realpathSync } from 'node:fs';
import type { z } from 'zod';
import type { GatewayConfig } from '../contract/config.ts';
import type { Clock, Ids, Random } from '../contract/ports.ts';
import { HallTime } from '../contract/messages.ts';
import { fromInstant } from '../contract/time.ts';
import { createCardUnit } from './card-unit.ts';
import { createClockProof } from './clock-proof.ts';
import { createCommandDesk, type CommandDesk } from './command-desk.ts';
import { barePort } from './commissioning/bare-port.ts';
import { serialPorts } from './commissioning/ports.ts';
import type { SerialName } from './commissioning/ports.ts';
import { createCommissioningDesk } from './commissioning/session.ts';
import type { CommissionableLine, CommissioningDesk } from './commissioning/session.ts';
import { createDeviceLink, type DeviceLink } from './device-link.ts';
import { GatewayRefused, lineKey, planLines, type PlannedLine } from './gateway.config.ts';
import { openGatewayStore } from './gateway.store.ts';
import { createIdReaderUnit } from './id-reader-unit.ts';
import { createLockUnits } from './lock-unit.ts';
import type { Log } from './log.ts';
import { createModbusUnits } from './modbus-unit.ts';
import { createPausableLine } from './paused-line.ts';
import { createPrinterUnit } from './printer-unit.ts';
import type { Glyphs } from './printers/font/font-file.ts';
import { createScannerUnit } from './scanner-unit.ts';
import { deviceFile } from './transports/device-file.ts';
import { createReopeningTransport, type OpenPort } from './transports/reopening.ts';
import { serialPort } from './transports/serial.ts';
import { localSocket, tcpPort } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';
import type { LineReport, Unit, UnitOutput } from './unit.ts';

export interface GatewayOptions {
  readonly config: Pick<z.infer<typeof GatewayConfig>, 'hall' | 'dataDir' | 'mqtt' | 'devices'> &
    Partial<Pick<z.infer<typeof GatewayConfig>, 'commissioning'>>;
  /** The file this configuration was read from: what commissioning writes. Without it there is none. */
  readonly configFile?: string | undefined;
  /** PEM of the authorities to trust; set = MQTT over TLS. */
  readonly ca?: string | undefined;
  /** Broker secret by device id. */
  readonly secrets: Readonly<Record<string, string>>;
  /** 32 bytes: what card numbers are turned into tokens with. */
  readonly cardKey?: Uint8Array | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Log;
  /** Draws characters a printer's font lacks; without it they are printed as 〓. */
  readonly glyphs?: Glyphs;
  /** Serial ports of this machine by their stable names; looked up when left out. */
  readonly ports?: () => readonly SerialName[];
  /** Keys of the hashes of ID numbers, the newest first, asked for at every card; without them no ID card is read [DV65]. */
  readonly idKeys?: () => readonly Uint8Array[];
  /** How a line is opened; serial and TCP when left out. */
  readonly openTransport?: (line: PlannedLine) => Transport;
}

export interface Gateway {
  /** Resolves when every device has subscribed and said `online` for the first time. */
  readonly ready: Promise<void>;
  /** One report a line: state, counters, silent boards. */
  lines(): LineReport[];
  /** Commands and messages the gateway turned away since its start. */
  refusals(): ReturnType<CommandDesk['counts']>;
  stop(): Promise<void>;
}

/** How often an unchanged state is said again, so that its age tells whether the device still looks. */
const STATE_EVERY_MS = 30_000;
/** Ended commands are kept a day: far longer than any of them can still be delivered. */
const COMMAND_MEMORY_MS = 24 * 3_600_000;

/**
 * Joins boards, scanners and printers to the broker: one connection a device, one scheduler a line.
 * @throws GatewayRefused when the configuration names impossible hardware or a secret is missing; GatewayStoreRefused when the data folder cannot be used.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const { config, clock, random, log } = options;
  const planned = planLines(config.devices);
  for (const device of config.devices) {
    if (options.secrets[device.id] === undefined)
      throw new GatewayRefused(`device ${device.id} has no secret in the credentials file`);
  }
  const store = openGatewayStore(config.dataDir);
  store.prune(clock.now() - COMMAND_MEMORY_MS);
  const proof = createClockProof(clock);
  const links = new Map<string, DeviceLink>();

  const bare = new Map(config.devices.map(({ id, transport }) => [id, barePort(transport, options.ports)]));
  for (const [device, port] of bare)
    if (port !== undefined)
      log.warn(
        { device, port: port.barePort, write: port.stablePort ?? 'a name under /dev/serial/by-id' },
        'the port is named by its socket and may be another one after the next start',
      );

  const output = (device: string): UnitOutput => ({
    state: (state) => links.get(device)?.publishState({ ...state, ...bare.get(device) }),
    event: (event) => {
      if (!store.keep(device, 'event', JSON.stringify(event))) {
        log.error({ device }, 'an event was dropped: nobody has taken events for too long');
        return;
      }
      links.get(device)?.kick();
    },
  });

  const openTransport =
    options.openTransport ??
    ((line: PlannedLine) =>
      createReopeningTransport(openPort(line.transport, line.baudRate, clock), clock, random));
  const pausables: CommissionableLine[] = [];
  const lines = planned.map((line) => {
    const transport = openTransport(line);
    const { ids, glyphs, idKeys = () => [] } = options;
    const parts = { transport, line, clock, ids, log, glyphs, idKeys, output };
    switch (line.use.kind) {
      case 'lock-boards': {
        const { boards } = line.use;
        let first: Transport | undefined = transport;
        const pausable = createPausableLine({
          devices: config.devices.filter((device) => boards.some((board) => board.id === device.id)),
          build: () => {
            const own = first ?? openTransport(line);
            first = undefined;
            return createLockUnits({ ...parts, transport: own }, boards);
          },
          output,
          away: (device, away) => links.get(device)?.setAway(away),
          clock,
        });
        pausables.push({
          key: line.key,
          transport: line.transport,
          devices: boards.map((board) => board.id),
          pause: () => pausable.pause(),
          resume: () => {
            pausable.resume();
          },
        });
        return pausable;
      }
      case 'scanner':
        return createScannerUnit(parts, line.use);
      case 'printer':
        return createPrinterUnit(parts, line.use);
      case 'card-reader':
        if (options.cardKey === undefined)
          throw new GatewayRefused(
            `device ${line.use.id}: a card reader needs the hall's card key; set "cardKey" to a copy of <dataDir>/card-key`,
          );
        return createCardUnit(parts, { ...line.use, key: options.cardKey });
      case 'id-reader':
        return createIdReaderUnit(parts, line.use);
      case 'modbus':
        return createModbusUnits(parts, line.use);
    }
  });
  const commissioning = commissioningOf(options, planned, pausables, (id) => {
    links.get(id)?.publishState(commissioning?.desk.state() ?? {});
  });
  const units: readonly Unit[] = [
    ...lines.flatMap((line) => line.units),
    ...(commissioning === undefined ? [] : [commissioning.unit]),
  ];
  const desk = createCommandDesk({
    store,
    proof,
    clock,
    log,
    finished: (device) => links.get(device)?.kick(),
  });

  for (const unit of units) {
    // Before anything is connected: what a killed run left behind ends as unknown, and is not done again [DV16].
    desk.endUnfinished(unit.id);
    const link = createDeviceLink({
      hall: config.hall,
      device: unit.id,
      secret: options.secrets[unit.id] ?? '',
      host: config.mqtt.host,
      port: config.mqtt.port,
      ca: options.ca,
      clock,
      random,
      store,
      log,
      onCommand: (payload, retained) => {
        desk.take(unit, payload, retained);
      },
      onTime: (payload) => {
        const time = hallTime(payload);
        if (time !== undefined && !proof.heard(time))
          log.warn({ device: unit.id }, 'this clock differs from the hall clock: commands are refused');
      },
    });
    links.set(unit.id, link);
  }
  for (const line of lines) line.start();
  for (const link of links.values()) link.start();

  let stopped = false;
  let cancelBeat = (): void => undefined;
  const beat = (): void => {
    for (const unit of units) unit.publishState();
    cancelBeat = clock.after(STATE_EVERY_MS, beat);
  };
  beat();

  return {
    ready: Promise.all([...links.values()].map((link) => link.ready)).then(() => undefined),
    lines: () => lines.map((line) => line.report()),
    refusals: () => desk.counts(),
    stop: async () => {
      if (stopped) return;
      stopped = true;
      cancelBeat();
      await commissioning?.desk.stop();
      await Promise.all(lines.map((line) => line.stop()));
      await Promise.all([...links.values()].map((link) => link.stop()));
      store.close();
    },
  };
}

/** The gateway's own voice at the broker, where it has a secret and a file to write [DV46]. */
function commissioningOf(
  options: GatewayOptions,
  planned: readonly PlannedLine[],
  pausables: readonly CommissionableLine[],
  changed: (id: string) => void,
): { readonly desk: CommissioningDesk; readonly unit: Unit } | undefined {
  const { config, configFile: file, clock, log, random } = options;
  const { id, leaseSeconds } = config.commissioning ?? { id: '', leaseSeconds: 0 };
  if (file === undefined || options.secrets[id] === undefined) return undefined;
  if (config.devices.some((device) => device.id === id)) return undefined;
  const taken = new Set(
    planned.flatMap(({ transport }) => ('path' in transport ? [realPath(transport.path)] : [])),
  );
  const free = (): CommissionableLine[] =>
    (options.ports ?? serialPorts)()
      .filter(({ port }) => !taken.has(port))
      .map(({ name }): CommissionableLine => {
        const transport = { kind: 'serial', path: name } as const;
        return {
          key: lineKey(transport),
          transport,
          devices: [],
          pause: () => Promise.resolve(),
          resume: () => undefined,
        };
      });
  const desk = createCommissioningDesk({
    lines: () => [...pausables, ...free()],
    open: (transport, baudRate) =>
      createReopeningTransport(openPort(transport, baudRate, clock), clock, random),
    file,
    leaseMs: leaseSeconds * 1_000,
    clock,
    log,
    changed: () => {
      changed(id);
    },
  });
  return {
    desk,
    unit: {
      id,
      execute: (command) =>
        Promise.resolve(
          command.name === 'commission'
            ? desk.act(command.args)
            : { outcome: 'refused', reason: 'unknown-command' },
        ),
      publishState: () => {
        changed(id);
      },
    },
  };
}

/** Where a name of a port leads; the name itself while nothing is plugged in. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not plugged in: nothing else can be there either.
    return path;
  }
}

function openPort(transport: PlannedLine['transport'], baudRate: number, clock: Clock): OpenPort {
  switch (transport.kind) {
    case 'serial':
      return serialPort(transport.path, baudRate);
    case 'tcp':
      return tcpPort(transport.host, transport.port);
    case 'pcsc':
      return localSocket(transport.socket);
    case 'file':
      return deviceFile(transport.path, clock);
  }
}

function hallTime(payload: Uint8Array): number | undefined {
  if (payload.length > 200) return undefined;
  try {
    const parsed = HallTime.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return parsed.success ? fromInstant(parsed.data.at) : undefined;
  } catch {
    // Not JSON: no proof, which is the safe side.
    return undefined;
  }
}
