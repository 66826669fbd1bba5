import type { GatewayDevice } from '../contract/config.ts';
import type {
  LineScannerDefinition,
  LockBoardDefinition,
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

export interface PlannedLine {
  /** Transport in words, unique: `serial:/dev/ttyS1` or `tcp:10.0.0.5:5000`. */
  readonly key: string;
  readonly transport: GatewayDevice['transport'];
  readonly baudRate: number;
  readonly boards: readonly PlannedBoard[];
  readonly scanner: { readonly id: string; readonly definition: LineScannerDefinition } | undefined;
  readonly printer: { readonly id: string; readonly definition: PrinterDefinition } | undefined;
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
    const key = keyOf(device.transport);
    lines.set(key, [...(lines.get(key) ?? []), device]);
  }
  return [...lines].map(([key, members]) => planLine(key, members));
}

function planLine(key: string, members: readonly GatewayDevice[]): PlannedLine {
  const [first] = members;
  if (first === undefined) throw new GatewayRefused(`${key} has no device`);
  const boards: PlannedBoard[] = [];
  let scanner: PlannedLine['scanner'];
  let printer: PlannedLine['printer'];
  const rates = new Set<number>();
  for (const device of members) {
    const definition = findDefinition(device.definition);
    if (definition === undefined)
      throw new GatewayRefused(`device ${device.id}: there is no definition "${device.definition}"`);
    rates.add(
      device.transport.kind === 'serial'
        ? (device.transport.baudRate ?? definition.baudRate)
        : definition.baudRate,
    );
    switch (definition.kind) {
      case 'lock-board':
        boards.push({ id: device.id, definition, doors: doorsOf(device, definition) });
        break;
      case 'line-scanner':
        refuseCompany(key, device, members, 'a scanner');
        scanner = { id: device.id, definition };
        break;
      case 'escpos-printer':
        refuseCompany(key, device, members, 'a printer');
        printer = { id: device.id, definition };
        break;
    }
  }
  const [baudRate, ...others] = rates;
  if (baudRate === undefined || others.length > 0)
    throw new GatewayRefused(`${key}: devices on one line need one baud rate`);
  refuseSharedWires(key, boards);
  return { key, transport: first.transport, baudRate, boards, scanner, printer };
}

/** Scanners and printers have their line for themselves, and no doors. */
function refuseCompany(
  key: string,
  device: GatewayDevice,
  members: readonly GatewayDevice[],
  what: string,
): void {
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

function keyOf(transport: GatewayDevice['transport']): string {
  switch (transport.kind) {
    case 'serial':
      return `serial:${transport.path}`;
    case 'file':
      return `file:${transport.path}`;
    case 'tcp':
      return `tcp:${transport.host}:${String(transport.port)}`;
  }
}
