import { join } from 'node:path';
import { sleep } from '../../contract/ports.ts';
import type { CompartmentConfig, GatewayDevice } from '../../contract/config.ts';
import { systemClock } from '../../platform/system.ts';
import type { Model } from '../../simulators/boards/codec.ts';
import { startPty } from '../../simulators/pty.ts';
import type { SimulatedBank } from '../../tools/house/hardware.ts';
import { watchBank } from '../../tools/house/hardware.ts';
import { startPart } from '../../tools/house/process.ts';
import type { Part } from '../../tools/house/process.ts';

/** A cabinet with two doors on a board of one kind: the first is rented, the second must never move. */
export interface KindOfBank {
  readonly id: string;
  readonly definition: string;
  readonly model: Model;
  readonly baudRate: number;
  readonly board: number;
  /** Lock of the door that is rented, and of its neighbour. */
  readonly locks: readonly [number, number];
  readonly compartments: readonly [number, number];
  readonly over: 'serial' | 'tcp';
  /** What the simulated board does beyond the usual. */
  readonly simulated?: Readonly<Record<string, unknown>>;
  readonly line?: Readonly<Record<string, unknown>>;
}

export interface RunningBank extends KindOfBank {
  readonly device: unknown;
  readonly bank: SimulatedBank;
}

const root = join(import.meta.dirname, '../..');

/** Starts the board of each kind as a process of its own, on a virtual serial port or on TCP. */
export async function startBanks(
  dir: string,
  kinds: readonly KindOfBank[],
): Promise<{ readonly banks: readonly RunningBank[]; readonly stop: () => Promise<void> }> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const banks = await Promise.all(
      kinds.map(async (kind): Promise<RunningBank> => {
        const near = join(dir, `${kind.id}-near`);
        const far = join(dir, `${kind.id}-far`);
        if (kind.over === 'serial') {
          const pair = await startPty(near, far, systemClock);
          stops.push(() => pair.stop());
        }
        const part = startPart(kind.id, join(root, 'simulators/boards/board.main.ts'), [
          '--json',
          JSON.stringify({
            transport: kind.over === 'serial' ? { kind: 'serial', path: far } : { kind: 'tcp', port: 0 },
            baudRate: kind.baudRate,
            boards: [{ address: kind.board, model: kind.model, ...kind.simulated }],
            reportQueries: false,
            ...kind.line,
          }),
        ]);
        stops.push(() => part.stop());
        const ready = await readyLine(part);
        const compartments = kind.compartments.map((number, index): Partial<CompartmentConfig> => ({
          number,
          // The neighbour is of another size, so that it is never the one that is rented.
          size: index === 0 ? 'small' : 'large',
          board: kind.board,
          lock: kind.locks[index] ?? 1,
          column: 1,
          row: index + 1,
        }));
        const transport: GatewayDevice['transport'] =
          kind.over === 'serial'
            ? { kind: 'serial', path: near, baudRate: kind.baudRate }
            : { kind: 'tcp', host: '127.0.0.1', port: ready.port ?? 0 };
        const doors = new Map(
          kind.compartments.map((number, index) => [
            number,
            { board: kind.board, lock: kind.locks[index] ?? 1 },
          ]),
        );
        return {
          ...kind,
          device: { id: kind.id, definition: kind.definition, transport, compartments },
          bank: watchBank(part, doors),
        };
      }),
    );
    return { banks, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyLine(part: Part): Promise<{ port?: number }> {
  const line = await part.line((text) => text.includes('"ready"'), 15_000);
  return JSON.parse(line) as { port?: number };
}

/** Tries until `look` finds something. */
export async function eventually<T>(
  what: string,
  limit: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const until = systemClock.monotonic() + limit;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (systemClock.monotonic() > until) throw new Error(`${what}: not seen within ${String(limit)} ms`);
    await sleep(systemClock, 50);
  }
}
