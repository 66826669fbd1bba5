import type { IdReaderFault } from '../../contract/messages.ts';
import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import type { IdReaderDefinition } from '../definitions/definition.ts';
import { createDecoder } from '../frames/decoder.ts';
import { encode } from '../frames/encode.ts';
import type { DecodedFrame } from '../frames/frame-table.ts';
import { samVStatus } from '../frames/sam-v.frame.ts';
import type { Transport, TransportState } from '../transports/transport.ts';
import { judgeIdCard } from './id-card.rules.ts';
import type { IdCard } from './id-card.rules.ts';
import type { IdTextRefusal } from './id-text.rules.ts';

export interface IdReaderStats {
  readonly cards: number;
  /** The same card, still lying there. */
  readonly repeats: number;
  /** Cards taken away too soon, or not readable. */
  readonly failed: number;
  readonly unanswered: number;
  readonly frames: number;
  readonly badBytes: number;
}

export interface IdReaderLine {
  start(): void;
  /** Whether the reader answers; only while the port is open. */
  health(): 'ok' | 'silent' | 'garbled';
  fault(): IdReaderFault | undefined;
  stats(): IdReaderStats;
  stop(): Promise<void>;
}

type Question = 'find' | 'select' | 'read';
const EXPECTED: Readonly<Record<Question, string>> = { find: 'found', select: 'selected', read: 'card' };

/** Asks for a card, again and again; a card that lies there is selected and read once. */
export function createIdReaderLine(parts: {
  readonly transport: Transport;
  readonly definition: IdReaderDefinition;
  readonly clock: Clock;
  idKeys(): readonly Uint8Array[];
  onCard(card: IdCard): void;
  onRefused(reason: IdTextRefusal): void;
  onChange(state?: TransportState): void;
}): IdReaderLine {
  const { transport, clock } = parts;
  const { frames: table, timings } = parts.definition;
  const decoder = createDecoder([table]);
  const counts = { cards: 0, repeats: 0, failed: 0, unanswered: 0 };
  let stopped = false;
  let silence = 0;
  let badAtSilence = 0;
  let complained = false;
  let failures = 0;
  let fault: IdReaderFault | undefined;
  let told = '';
  let last: { readonly hash: string; readonly at: Millis } | undefined;
  let awaited: { readonly question: Question; answer(frame: DecodedFrame): void } | undefined;
  let cancelWait: CancelTimer = () => undefined;
  let wake = (): void => undefined;

  const health = (): 'ok' | 'silent' | 'garbled' => {
    if (silence < timings.silentAfter) return 'ok';
    return complained || decoder.stats().badBytes > badAtSilence ? 'garbled' : 'silent';
  };

  function tellChange(): void {
    const now = `${health()} ${fault ?? ''}`;
    if (now === told) return;
    told = now;
    parts.onChange();
  }

  /** What a card said is gone from memory as soon as it was judged [DV64]. */
  function wipe(frame: DecodedFrame): void {
    frame.raw.fill(0);
    for (const bytes of Object.values(frame.bytes)) bytes.fill(0);
  }

  function onBytes(chunk: Uint8Array): void {
    for (const frame of decoder.push(chunk)) {
      const mine = awaited;
      // An echo of a question, or a late answer to an older one, answers nothing.
      if (mine !== undefined && (frame.shape === EXPECTED[mine.question] || frame.shape === 'status'))
        mine.answer(frame);
      else wipe(frame);
    }
  }

  function pause(delay: Millis): Promise<void> {
    if (stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(delay, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One question and its answer; undefined when none came in time. */
  async function ask(question: Question): Promise<DecodedFrame | undefined> {
    decoder.flush().forEach(wipe);
    const answered = new Promise<DecodedFrame | undefined>((resolve) => {
      awaited = { question, answer: resolve };
      wake = () => {
        resolve(undefined);
      };
    });
    cancelWait = clock.after(timings.writeTimeoutMs, () => {
      transport.discard();
    });
    const written = await transport.write(encode(table, question, {}));
    cancelWait();
    if (written === 'written' && !stopped)
      cancelWait = clock.after(question === 'read' ? timings.readTimeoutMs : timings.answerTimeoutMs, () => {
        wake();
      });
    else wake();
    const frame = await answered;
    cancelWait();
    awaited = undefined;
    if (frame === undefined) {
      counts.unanswered += 1;
      silence += 1;
    } else if (frame.shape === 'status' && isComplaint(frame)) {
      // It did not understand us: the line spoils bytes on the way there.
      silence += 1;
      complained = true;
    } else {
      silence = 0;
      complained = false;
      badAtSilence = decoder.stats().badBytes;
    }
    return frame;
  }

  function failed(): void {
    counts.failed += 1;
    failures += 1;
    if (failures >= timings.failedAfter) fault = 'read-failed';
  }

  /** Whether the answer carries what was asked for; what it says instead becomes the fault. */
  function gave(question: Question, frame: DecodedFrame | undefined): frame is DecodedFrame {
    if (frame === undefined) return false;
    if (frame.shape !== 'status') {
      if (fault === 'not-authorised') fault = undefined;
      return true;
    }
    const said = frame.numbers.sw3;
    if (said === samVStatus.notAuthorised) fault = 'not-authorised';
    else if (fault === 'not-authorised') fault = undefined;
    if (question !== 'find' && said !== samVStatus.notAuthorised && !isComplaint(frame)) failed();
    return false;
  }

  async function look(): Promise<void> {
    // Asked for every time: a new key of the hall counts from the next card on [DV65].
    const keys = parts.idKeys();
    if (keys.length === 0) fault = 'no-key';
    else if (fault === 'no-key') fault = undefined;
    if (!gave('find', await ask('find')) || keys.length === 0) return;
    if (!gave('select', await ask('select'))) return;
    const read = await ask('read');
    if (!gave('read', read)) return;
    const card = judgeIdCard(read.bytes.text ?? new Uint8Array(0), keys);
    wipe(read);
    take(card);
  }

  function take(card: ReturnType<typeof judgeIdCard>): void {
    if ('refused' in card) {
      failed();
      if (card.refused !== 'no-key') parts.onRefused(card.refused);
      return;
    }
    failures = 0;
    if (fault === 'read-failed') fault = undefined;
    const now = clock.monotonic();
    const hash = card.hashes[0] ?? '';
    const stayed = last?.hash === hash && now - last.at < timings.sameCardMs;
    // The window slides: a card left lying is one card [DV66].
    last = { hash, at: now };
    if (stayed) {
      counts.repeats += 1;
      return;
    }
    counts.cards += 1;
    parts.onCard(card);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      if (transport.state().name === 'open') {
        await look();
        if (!stopped) tellChange();
      }
      await pause(timings.pollMs);
    }
  }

  let running: Promise<void> = Promise.resolve();
  return {
    start: () => {
      transport.start({
        onBytes,
        onState: (state) => {
          decoder.flush().forEach(wipe);
          if (state.name === 'open') {
            silence = 0;
            badAtSilence = decoder.stats().badBytes;
          } else wake();
          if (!stopped) parts.onChange(state);
        },
      });
      running = run();
    },
    health,
    fault: () => fault,
    stats: () => {
      const { frames, badBytes } = decoder.stats();
      return { ...counts, frames, badBytes };
    },
    stop: async () => {
      stopped = true;
      cancelWait();
      wake();
      await transport.stop();
      await running;
    },
  };
}

/** The reader says that our question came with a wrong sum or length. */
function isComplaint(frame: DecodedFrame): boolean {
  return frame.numbers.sw3 === samVStatus.badSum || frame.numbers.sw3 === samVStatus.badLength;
}
