import type { GatewayDevice } from '../contract/config.ts';
import type {
  Definition,
  IdReaderDefinition,
  LineScannerDefinition,
  LockBoardDefinition,
  ModbusDefinition,
  PrinterDefinition,
} from './definitions/definition.ts';
import { findDefinition } from './definitions/catalogue.ts';
import type { Door } from './drivers/door-tracker.ts';

/** The configuration names hardware that cannot exist; the message says which device and why. */
export class GatewayRefused extends Error {
  override readonly name = 'GatewayRefused';
}

export interface PlannedBoard {
  readonly id: string;
  readonly definition: LockBoardDefinition;
  readonly doors: readonly Door[];
}

export interface PlannedModbus {
  readonly id: string;
  readonly unit: number;
  readonly definition: ModbusDefinition;
}

/** What hangs on a line. Lock boards share one, Modbus devices too; everything else has its line for itself. */
export type LineUse =
  | {
      readonly kind: 'modbus';
      readonly framing: 'rtu' | 'tcp';
      readonly devices: readonly PlannedModbus[];
    }
  | { readonly kind: 'lock-boards'; readonly boards: readonly PlannedBoard[] }
  | { readonly kind: 'scanner'; readonly id: string; readonly definition: LineScannerDefinition }
  | { readonly kind: 'printer'; readonly id: string; readonly definition: PrinterDefinition }
  | { readonly kind: 'card-reader'; readonly id: string; readonly reader: string }
  | { readonly kind: 'id-reader'; readonly id: string; readonly definition: IdReaderDefinition };

export interface PlannedLine {
  /** Transport in words, unique: `serial:/dev/ttyS1` or `tcp:10.0.0.5:5000`. */
  readonly key: string;
  readonly transport: GatewayDevice['transport'];
  readonly baudRate: number;
  readonly use: LineUse;
}

/**
 * Joins devices that share a transport into lines and checks every wire.
 * @throws GatewayRefused for an unknown definition, a board or lock outside the model, or a wire used twice.
 */
export function planLines(devices: readonly GatewayDevice[]): PlannedLine[] {
  const seen = new Set<string>();
  const lines = new Map<string, GatewayDevice[]>();
  for (const device of devices) {
    if (seen.has(device.id)) throw new GatewayRefused(`device ${device.id} is listed twice`);
    seen.add(device.id);
    const key = lineKey(device.transport);
    lines.set(key, [...(lines.get(key) ?? []), device]);
  }
  return [...lines].map(([key, members]) => planLine(key, members));
}

interface Member {
  readonly device: GatewayDevice;
  readonly definition: Definition;
}

function planLine(key: string, devices: readonly GatewayDevice[]): PlannedLine {
  const members = devices.map((device): Member => {
    const definition = findDefinition(device.definition);
    if (definition === undefined)
      throw new GatewayRefused(`device ${device.id}: there is no definition "${device.definition}"`);
    return { device, definition };
  });
  const [first] = members;
  if (first === undefined) throw new GatewayRefused(`${key} has no device`);
  const rates = new Set(
    members.map(({ device: { transport }, definition }) =>
      transport.kind === 'serial' ? (transport.baudRate ?? definition.baudRate) : definition.baudRate,
    ),
  );
  const use = useOf(key, first, members);
  const [baudRate, ...others] = rates;
  if (baudRate === undefined || others.length > 0)
    throw new GatewayRefused(`${key}: devices on one line need one baud rate`);
  return { key, transport: first.device.transport, baudRate, use };
}

function useOf(key: string, first: Member, members: readonly Member[]): LineUse {
  for (const { device, definition } of members) {
    if (definition.kind === 'line-scanner') refuseCompany(key, device, members, 'a scanner');
    const behindPcscd = device.transport.kind === 'pcsc';
    if ((definition.kind === 'card-reader') !== behindPcscd)
      throw new GatewayRefused(
        behindPcscd
          ? `device ${device.id}: only a card reader is behind pcscd, not "${definition.id}"`
          : `device ${device.id}: "${definition.id}" needs a transport of kind pcsc`,
      );
    if (definition.kind === 'card-reader') refuseCompany(key, device, members, 'a card reader');
    if (definition.kind === 'escpos-printer') refuseCompany(key, device, members, 'a printer');
    if (definition.kind === 'id-card-reader') refuseCompany(key, device, members, 'an ID card reader');
  }
  for (const { device, definition } of members)
    if (device.tail !== undefined && definition.kind !== 'line-scanner')
      throw new GatewayRefused(`device ${device.id}: "tail" is for scanners only`);
  const { id } = first.device;
  const { definition } = first;
  switch (definition.kind) {
    case 'lock-board':
      return { kind: 'lock-boards', boards: boardsOf(key, members) };
    case 'line-scanner':
      return {
        kind: 'scanner',
        id,
        definition: { ...definition, tail: first.device.tail ?? definition.tail },
      };
    case 'escpos-printer':
      return { kind: 'printer', id, definition };
    case 'card-reader':
      return {
        kind: 'card-reader',
        id,
        reader: first.device.transport.kind === 'pcsc' ? first.device.transport.reader : '',
      };
    case 'id-card-reader':
      return { kind: 'id-reader', id, definition };
    case 'modbus':
      return modbusOf(key, members);
  }
}

/** Modbus devices of one line, each with an address of its own [DV50]. */
function modbusOf(key: string, members: readonly Member[]): LineUse {
  const framings = new Set(members.map(({ device }) => device.framing ?? 'rtu'));
  const [framing, ...others] = framings;
  if (framing === undefined || others.length > 0)
    throw new GatewayRefused(`${key}: devices on one line need one framing, rtu or tcp`);
  const seen = new Map<number, string>();
  const devices = members.map(({ device, definition }): PlannedModbus => {
    const where = `device ${device.id}`;
    if (definition.kind !== 'modbus')
      throw new GatewayRefused(`${key}: ${device.id} speaks another protocol than its neighbours`);
    if (device.unit === undefined)
      throw new GatewayRefused(`${where}: say which Modbus address it has ("unit", 1 to 247)`);
    if (framing === 'tcp' && device.transport.kind !== 'tcp')
      throw new GatewayRefused(`${where}: Modbus TCP needs a tcp transport`);
    if (device.compartments.length > 0)
      throw new GatewayRefused(`${where}: a Modbus device has no compartments`);
    const other = seen.get(device.unit);
    if (other !== undefined)
      throw new GatewayRefused(`${key}: unit ${String(device.unit)} belongs to ${other} and to ${device.id}`);
    seen.set(device.unit, device.id);
    const readings = device.readings ?? definition.readings;
    if (readings.length === 0 && definition.relay === undefined)
      throw new GatewayRefused(`${where}: "${definition.id}" needs "readings" in the configuration`);
    return { id: device.id, unit: device.unit, definition: { ...definition, readings } };
  });
  return { kind: 'modbus', framing, devices };
}

function boardsOf(key: string, members: readonly Member[]): PlannedBoard[] {
  const boards = members.flatMap(({ device, definition }) => {
    if (definition.kind === 'modbus')
      throw new GatewayRefused(`${key}: ${device.id} speaks another protocol than its neighbours`);
    return definition.kind === 'lock-board'
      ? [{ id: device.id, definition, doors: doorsOf(device, definition) }]
      : [];
  });
  refuseSharedWires(key, boards);
  return boards;
}

/** Scanners and printers have their line for themselves, and no doors. */
function refuseCompany(key: string, device: GatewayDevice, members: readonly Member[], what: string): void {
  if (members.length > 1) throw new GatewayRefused(`${key}: ${what} (${device.id}) cannot share its line`);
  if (device.compartments.length > 0)
    throw new GatewayRefused(`device ${device.id}: ${what} has no compartments`);
}

function doorsOf(device: GatewayDevice, definition: LockBoardDefinition): Door[] {
  if (device.compartments.length === 0)
    throw new GatewayRefused(`device ${device.id}: a lock board needs compartments`);
  return device.compartments.map((compartment) => {
    const { number, board, lock } = compartment;
    const where = `device ${device.id}, compartment ${String(number)}`;
    const { first, last } = definition.addresses;
    // Address 0A would be every board on the line: it must not even start [DV1].
    if (board < first || board > last)
      throw new GatewayRefused(
        `${where}: board ${String(board)} is not within ${String(first)}..${String(last)}`,
      );
    if (lock < 1 || lock > definition.capacity)
      throw new GatewayRefused(
        `${where}: lock ${String(lock)} is not within 1..${String(definition.capacity)}`,
      );
    return {
      compartment: number,
      board,
      lock,
      closedBit: compartment.closedBit ?? device.closedBit ?? definition.closedBit,
    };
  });
}

/** One wire moves one door of one device [DV21]. */
function refuseSharedWires(key: string, boards: readonly PlannedBoard[]): void {
  const wires = new Map<string, string>();
  const addresses = new Map<number, LockBoardDefinition>();
  for (const board of boards) {
    const numbers = new Set<number>();
    for (const door of board.doors) {
      if (numbers.has(door.compartment))
        throw new GatewayRefused(
          `device ${board.id}: compartment ${String(door.compartment)} is listed twice`,
        );
      numbers.add(door.compartment);
      const wire = `board ${String(door.board)}, lock ${String(door.lock)}`;
      const other = wires.get(wire);
      if (other !== undefined)
        throw new GatewayRefused(
          `${key}: ${wire} belongs to ${other} and to compartment ${String(door.compartment)} of ${board.id}`,
        );
      wires.set(wire, `compartment ${String(door.compartment)} of ${board.id}`);
      const model = addresses.get(door.board);
      if (model !== undefined && model !== board.definition)
        throw new GatewayRefused(`${key}: board ${String(door.board)} has two definitions`);
      addresses.set(door.board, board.definition);
    }
  }
}

/** A transport in words, unique on one machine. */
export function lineKey(transport: GatewayDevice['transport']): string {
  switch (transport.kind) {
    case 'serial':
      return `serial:${transport.path}`;
    case 'file':
      return `file:${transport.path}`;
    case 'pcsc':
      return `pcsc:${transport.socket}:${transport.reader}`;
    case 'tcp':
      return `tcp:${transport.host}:${String(transport.port)}`;
  }
}
