import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Millis } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { startPty } from '../../simulators/pty.ts';
import type { PtyPair } from '../../simulators/pty.ts';
import { bankA, bankB } from './demo-configs.ts';
import type { DemoLines } from './demo-configs.ts';
import { startPart } from './process.ts';
import type { Part } from './process.ts';

/**
 * The demo hall's hardware: two locker banks, a scanner and a receipt printer, each a process of its own on a
 * virtual serial port. What is asked here is seen at the lock, not at the hall.
 */

export type BankId = 'bank-a' | 'bank-b';

export interface SimulatedBank {
  /** Tells the line something; see the simulator's orders. */
  order(order: Readonly<Record<string, unknown>>): void;
  /** Unlock pulses this compartment's lock has had since the start. */
  pulses(compartment: number): number;
  isOpen(compartment: number): boolean;
  /** A person pushes the door shut. */
  close(compartment: number): void;
  awaitOpen(compartment: number, limit?: Millis): Promise<void>;
  /** When the next unlock frame for this compartment had wholly arrived at the board, on the machine's steady clock. */
  nextUnlock(compartment: number, limit?: Millis): Promise<Millis>;
  /** True once any frame addressed every lock: must never be. */
  broadcastSeen(): boolean;
}

/** What came out of the printer between two cuts. */
export interface PaperSlip {
  readonly lines: readonly { readonly text: string; readonly size: string; readonly align: string }[];
  readonly qr: readonly { readonly data: string }[];
}

export interface SimulatedPaper {
  /** Tells the printer something: paper out, cover open; see the simulator's orders. */
  order(order: Readonly<Record<string, unknown>>): void;
  /** Every slip since the start, oldest first. */
  slips(): readonly PaperSlip[];
  /** Waits for the slip after the first `after`. */
  awaitSlip(after: number, limit?: Millis): Promise<PaperSlip>;
}

export interface Hardware {
  readonly lines: DemoLines;
  bank(id: BankId): SimulatedBank;
  /** Holds a code in front of the scanner of kiosk 1. Resolves with the time its last byte left, on the machine's steady clock. */
  scan(text: string): Promise<Millis>;
  /** The receipt printer of kiosk 1. */
  readonly printer: SimulatedPaper;
  /** Pulls the scanner's cable. */
  unplugScanner(): Promise<void>;
  /** Pulls the cables of both locker banks at the gateway. */
  unplugBanks(): Promise<void>;
  stop(): Promise<void>;
}

const Slip = z.object({
  report: z.literal('slip'),
  lines: z.array(z.object({ text: z.string(), size: z.string(), align: z.string() })),
  qr: z.array(z.object({ data: z.string() })),
});

const Report = z.discriminatedUnion('report', [
  z.looseObject({
    report: z.literal('pulse'),
    board: z.number(),
    lock: z.number(),
    pulses: z.number(),
    t: z.number(),
  }),
  z.looseObject({ report: z.literal('door'), board: z.number(), lock: z.number(), open: z.boolean() }),
  z.looseObject({ report: z.literal('broadcast') }),
]);

/**
 * @param dir folder for the names of the virtual ports; made when missing
 * @param doorsCloseAfter a made-up person shuts each opened door after about so long; null = nobody does
 */
export async function startHardware(
  dir: string,
  echo?: (part: string, line: string) => void,
  doorsCloseAfter: Millis | null = null,
): Promise<Hardware> {
  mkdirSync(dir, { recursive: true });
  const root = join(import.meta.dirname, '../..');
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const cable = async (name: string): Promise<PtyPair> => {
    const pair = await startPty(join(dir, name), join(dir, `${name}-far`), systemClock);
    stops.push(() => pair.stop());
    return pair;
  };
  const part = async (name: string, file: string, args: readonly string[]): Promise<Part> => {
    const started = startPart(
      name,
      join(root, file),
      args,
      echo === undefined
        ? {}
        : {
            echo: (line) => {
              echo(name, line);
            },
          },
    );
    stops.push(() => started.stop());
    await started.line((line) => line.includes('"ready"'), 10_000);
    return started;
  };

  try {
    const [lineA, lineB, lineS, lineP] = [
      await cable('bank-a'),
      await cable('bank-b'),
      await cable('scanner-1'),
      await cable('printer-1'),
    ];
    const board = (far: string, boards: readonly object[]): readonly string[] => [
      '--json',
      JSON.stringify({
        transport: { kind: 'serial', path: far },
        boards,
        reportQueries: false,
        autoCloseMs: doorsCloseAfter,
      }),
    ];
    const [a, b, scanner, paper] = await Promise.all([
      part('bank-a', 'simulators/boards/board.main.ts', board(lineA.b, [{ address: 0, model: 'cu48' }])),
      part('bank-b', 'simulators/boards/board.main.ts', board(lineB.b, [{ address: 1, model: 'cu48-ir' }])),
      part('scanner-1', 'simulators/scanner/scanner.main.ts', ['--path', lineS.b]),
      part('printer-1', 'simulators/printer/printer.main.ts', [
        '--json',
        JSON.stringify({ transport: { kind: 'serial', path: lineP.b } }),
      ]),
    ]);
    const banks: Record<BankId, SimulatedBank> = {
      'bank-a': watchBank(a, new Map(bankA().map((door) => [door.number, door]))),
      'bank-b': watchBank(b, new Map(bankB().map((door) => [door.number, door]))),
    };
    return {
      lines: {
        bankA: { kind: 'serial', path: lineA.a },
        bankB: { kind: 'serial', path: lineB.a },
        scanner: { kind: 'serial', path: lineS.a, baudRate: 9600 },
        printer: { kind: 'serial', path: lineP.a },
      },
      bank: (id) => banks[id],
      scan: async (text) => {
        const sent = hearOnce(scanner, (line) => Sent.safeParse(line).data?.t, 10_000);
        scanner.send({ scan: text });
        return sent;
      },
      printer: watchPaper(paper),
      unplugScanner: () => lineS.stop(),
      unplugBanks: async () => {
        await lineA.stop();
        await lineB.stop();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const Sent = z.looseObject({ sent: z.literal(true), t: z.number() });

/** The first thing `read` makes of a JSON line that the part prints from now on. */
function hearOnce<T>(part: Part, read: (line: unknown) => T | undefined, limit: Millis): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(limit, () => {
      forget();
      reject(new Error(`${part.name} did not answer within ${String(limit / 1000)} s`));
    });
    const forget = part.onLine((line) => {
      const found = line.startsWith('{') ? read(JSON.parse(line)) : undefined;
      if (found === undefined) return;
      cancel();
      forget();
      resolve(found);
    });
  });
}

/** What a board process tells, by compartment. */
export function watchBank(
  part: Part,
  doors: ReadonlyMap<number, { readonly board: number; readonly lock: number }>,
): SimulatedBank {
  const pulses = new Map<string, number>();
  const open = new Set<string>();
  const unlocks = new Map<string, ((t: Millis) => void)[]>();
  let broadcast = false;
  const wire = (compartment: number): { board: number; lock: number } => {
    const door = doors.get(compartment);
    if (door === undefined) throw new RangeError(`no compartment ${String(compartment)} in ${part.name}`);
    return { board: door.board, lock: door.lock };
  };
  const key = (at: { board: number; lock: number }): string => `${String(at.board)}/${String(at.lock)}`;

  part.onLine((line) => {
    if (!line.startsWith('{')) return;
    const report = Report.safeParse(JSON.parse(line));
    if (!report.success) return;
    switch (report.data.report) {
      case 'pulse': {
        const { t } = report.data;
        pulses.set(key(report.data), report.data.pulses);
        for (const tell of unlocks.get(key(report.data))?.splice(0) ?? []) tell(t);
        return;
      }
      case 'door':
        if (report.data.open) open.add(key(report.data));
        else open.delete(key(report.data));
        return;
      case 'broadcast':
        broadcast = true;
    }
  });

  const isOpen = (compartment: number): boolean => open.has(key(wire(compartment)));
  return {
    order: (order) => {
      part.send(order);
    },
    pulses: (compartment) => pulses.get(key(wire(compartment))) ?? 0,
    isOpen,
    close: (compartment) => {
      part.send({ do: 'close', ...wire(compartment) });
    },
    awaitOpen: async (compartment, limit = 8000) => {
      const until = systemClock.monotonic() + limit;
      while (!isOpen(compartment)) {
        if (systemClock.monotonic() > until)
          throw new Error(`door ${String(compartment)} did not open at the lock`);
        await sleep(systemClock, 20);
      }
    },
    nextUnlock: (compartment, limit = 10_000) =>
      new Promise((resolve, reject) => {
        const cancel = systemClock.after(limit, () => {
          reject(new Error(`no unlock frame for ${String(compartment)} came to the board`));
        });
        const waiting = unlocks.get(key(wire(compartment))) ?? [];
        unlocks.set(key(wire(compartment)), waiting);
        waiting.push((t) => {
          cancel();
          resolve(t);
        });
      }),
    broadcastSeen: () => broadcast,
  };
}

function watchPaper(part: Part): SimulatedPaper {
  const slips: PaperSlip[] = [];
  part.onLine((line) => {
    if (!line.startsWith('{')) return;
    const slip = Slip.safeParse(JSON.parse(line));
    if (slip.success) slips.push(slip.data);
  });
  return {
    order: (order) => {
      part.send(order);
    },
    slips: () => slips,
    awaitSlip: async (after, limit = 8000) => {
      const until = systemClock.monotonic() + limit;
      for (;;) {
        const slip = slips[after];
        if (slip !== undefined) return slip;
        if (systemClock.monotonic() > until) throw new Error('no slip came out of the printer');
        await sleep(systemClock, 20);
      }
    },
  };
}
