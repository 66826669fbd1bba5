import type { Clock, Millis } from '../../contract/ports.ts';
import type { LockBoardDefinition } from '../definitions/definition.ts';
import type { LockBits } from '../drivers/lock-bits.ts';
import { lockBits } from '../drivers/lock-bits.ts';
import { createDecoder } from '../frames/decoder.ts';
import { encode } from '../frames/encode.ts';
import type { Transport } from '../transports/transport.ts';

/** A board that answered, and what it showed. */
export interface FoundBoard {
  readonly definition: LockBoardDefinition;
  readonly address: number;
  readonly baudRate: number;
  readonly bits: LockBits;
}

export interface Search {
  /** Opens the line at a rate; the transport is stopped before the next rate is tried. */
  readonly openLine: (baudRate: number) => Transport;
  readonly definitions: readonly LockBoardDefinition[];
  readonly baudRates: readonly number[];
  /** Addresses above this are not asked: a Modbus line has 247 of them, hardly one of which is used. */
  readonly highestAddress: number;
  readonly clock: Clock;
  /** The installer went away: the search ends. */
  gone?(): boolean;
  /** One step done of so many. */
  progress?(done: number, total: number): void;
}

/** The installer went away; nothing was written, progress is kept. */
export class WentAway extends Error {
  override readonly name = 'WentAway';
  constructor() {
    super('the installer went away; nothing was written');
  }
}

/** The line itself could not be opened; `reason` is the system's. */
export class LineNotOpen extends Error {
  override readonly name = 'LineNotOpen';
}

const ANSWER_MS: Millis = 160;
const PACE_MS: Millis = 8;

interface Question {
  readonly request: Uint8Array;
  readonly address: number;
  /** Models that ask with these very bytes: told apart by the answer. */
  readonly definitions: readonly LockBoardDefinition[];
}

/** Every question worth asking: a status query of each model at each of its addresses, and nothing else [DV40]. Pure. */
export function questions(definitions: readonly LockBoardDefinition[], highestAddress: number): Question[] {
  const byRequest = new Map<
    string,
    { request: Uint8Array; address: number; definitions: LockBoardDefinition[] }
  >();
  for (const definition of definitions) {
    const { addresses, frames, messages, scope, wireOffset } = definition;
    for (let address = addresses.first; address <= Math.min(addresses.last, highestAddress); address += 1) {
      const request = encode(frames, messages.query, {
        numbers: { address, ...(scope === 'lock' ? { lock: 1 + wireOffset } : {}) },
      });
      const key = request.toString();
      const known = byRequest.get(key);
      if (known === undefined) byRequest.set(key, { request, address, definitions: [definition] });
      else known.definitions.push(definition);
    }
  }
  return [...byRequest.values()];
}

/**
 * Which boards hang on a line, found by queries only: no frame that moves a lock leaves this function [DV40].
 * @throws LineNotOpen when the line cannot be opened at all.
 */
export async function findBoards(search: Search): Promise<FoundBoard[]> {
  const found: FoundBoard[] = [];
  const rounds = roundsOf(search);
  const total = rounds.reduce((sum, { asked }) => sum + asked.length, 0);
  let done = 0;
  for (const { baudRate, asked } of rounds) {
    const line = await listen(search, baudRate);
    try {
      for (const question of asked) {
        if (search.gone?.() === true) throw new WentAway();
        const answer = await line.ask(question.request);
        const board = answer.length === 0 ? undefined : understand(question, answer, baudRate);
        if (board !== undefined && !found.some((each) => same(each, board))) found.push(board);
        done += 1;
        search.progress?.(done, total);
      }
    } finally {
      await line.stop();
    }
    // A board that was understood settles the rate of its line.
    if (found.length > 0) return found;
  }
  return found;
}

/** Each model at the rate it leaves the factory with; only then all of them at every other rate, for boards that were set. */
function roundsOf({
  definitions,
  baudRates,
  highestAddress,
}: Search): { baudRate: number; asked: Question[] }[] {
  const [only] = baudRates;
  if (only !== undefined && baudRates.length === 1)
    return [{ baudRate: only, asked: questions(definitions, highestAddress) }];
  const usual = baudRates.map((baudRate) => ({
    baudRate,
    definitions: definitions.filter((definition) => definition.baudRate === baudRate),
  }));
  const rest = baudRates.map((baudRate) => ({
    baudRate,
    definitions: definitions.filter((definition) => definition.baudRate !== baudRate),
  }));
  return [...usual, ...rest]
    .filter((round) => round.definitions.length > 0)
    .map((round) => ({ baudRate: round.baudRate, asked: questions(round.definitions, highestAddress) }));
}

const same = (a: FoundBoard, b: FoundBoard): boolean =>
  a.address === b.address && a.definition === b.definition;

/** The model whose status fits all that came; the question itself, heard again, is no answer [DV10]. */
function understand(question: Question, answer: Uint8Array, baudRate: number): FoundBoard | undefined {
  for (const definition of question.definitions) {
    const decoder = createDecoder([definition.frames]);
    const frames = [...decoder.push(answer), ...decoder.flush()].filter(
      (frame) => frame.raw.toString() !== question.request.toString(),
    );
    const [status] = frames;
    const whole = decoder.stats().badBytes === 0 && frames.length === 1;
    if (!whole || status?.shape !== definition.messages.status) continue;
    if (status.numbers.address !== question.address) continue;
    const bits = lockBits(definition.reading, status, definition.wireOffset);
    return { definition, address: question.address, baudRate, bits };
  }
  return undefined;
}

async function listen(
  { openLine, clock }: Search,
  baudRate: number,
): Promise<{ ask(request: Uint8Array): Promise<Uint8Array>; stop(): Promise<void> }> {
  const transport = openLine(baudRate);
  let heard: Uint8Array[] = [];
  let lastAt: Millis = 0;
  const pause = (ms: Millis): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  await new Promise<void>((resolve, reject) => {
    transport.start({
      onBytes: (chunk) => {
        heard.push(chunk);
        lastAt = clock.monotonic();
      },
      onState: (state) => {
        if (state.name === 'open') resolve();
        if (state.name === 'down') reject(new LineNotOpen(state.reason));
      },
    });
  }).catch(async (error: unknown) => {
    await transport.stop();
    throw error;
  });
  return {
    ask: async (request) => {
      heard = [];
      await transport.write(request);
      const until = clock.monotonic() + ANSWER_MS;
      // Until it has been quiet again after something came, or nothing came at all.
      while (clock.monotonic() < until && (heard.length === 0 || clock.monotonic() - lastAt < 25))
        await pause(5);
      await pause(PACE_MS);
      return Uint8Array.from(heard.flatMap((chunk) => [...chunk]));
    },
    stop: () => transport.stop(),
  };
}
