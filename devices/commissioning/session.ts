import type {
  CommissioningAct,
  CommissioningEnd,
  CommissioningLine,
  CommissioningSession,
  GatewayState,
} from '../../contract/commissioning.ts';
import type { GatewayDevice } from '../../contract/config.ts';
import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import type { LineResult } from '../drivers/lock-line.ts';
import type { Log } from '../log.ts';
import type { Transport } from '../transports/transport.ts';
import { findBoards, LineNotOpen, WentAway } from './find-boards.ts';
import { progressFile } from './progress-file.ts';
import { doorsOf } from './progress.rules.ts';
import { ratedLine, searchOf } from './search-line.ts';
import { commission } from './wizard.ts';
import { deviceEntry, NotWritten, writeDevice } from './write-config.ts';

/** A line the wizard may have: the gateway's own, with what it takes to free it, or a port nobody uses. */
export interface CommissionableLine {
  readonly key: string;
  readonly transport: GatewayDevice['transport'];
  readonly devices: readonly string[];
  pause(): Promise<void>;
  resume(): void;
}

export interface CommissioningDesk {
  /** One act of the hall; ends at once, what follows from it is in the state. */
  act(act: CommissioningAct): LineResult;
  state(): GatewayState;
  stop(): Promise<void>;
}

interface Running {
  view: CommissioningSession;
  readonly answer: (text: string) => void;
  readonly leave: (why: CommissioningEnd) => void;
  readonly over: Promise<void>;
}

const MOST_TOLD = 12;
const PROGRESS_EVERY = 10;

/**
 * The wizard for the staff desk [DV46] [DV47]: the same one as on the command line, its questions sent as data and its
 * answers taken by number, so that a word said twice opens nothing twice. It holds the line on a lease: when nobody renews
 * it, the line goes back to its devices.
 */
export function createCommissioningDesk(parts: {
  /** Asked each time: ports come and go. */
  readonly lines: () => readonly CommissionableLine[];
  readonly open: (transport: GatewayDevice['transport'], baudRate: number) => Transport;
  /** The configuration that is written; progress is kept beside it. */
  readonly file: string;
  readonly leaseMs: Millis;
  readonly clock: Clock;
  readonly log: Log;
  readonly changed: () => void;
}): CommissioningDesk {
  const { clock, log } = parts;
  let running: Running | undefined;
  let last: CommissioningSession | undefined;
  let cancelLease: CancelTimer = () => undefined;

  function renew(): void {
    cancelLease();
    cancelLease = clock.after(parts.leaseMs, () => {
      log.warn({ line: running?.view.line }, 'commissioning: nobody is there any more, the line goes back');
      running?.leave('left');
    });
  }

  function begin(session: string, line: CommissionableLine): void {
    let left: CommissioningEnd | undefined;
    let waiting: { resolve(text: string): void; reject(error: Error): void } | undefined;
    let questions = 0;
    let over: () => void = () => undefined;
    const mine: Running = {
      view: {
        session,
        line: line.key,
        phase: 'searching',
        found: [],
        told: [],
        doors: [],
        pulses: 0,
      },
      answer: (text) => {
        const asked = waiting;
        waiting = undefined;
        const { question: _, ...rest } = mine.view;
        mine.view = rest;
        show({ phase: 'working' });
        asked?.resolve(text);
      },
      leave: (why) => {
        left ??= why;
        waiting?.reject(new WentAway());
        waiting = undefined;
      },
      over: new Promise((resolve) => {
        over = resolve;
      }),
    };
    running = mine;
    const show = (change: Partial<CommissioningSession>): void => {
      mine.view = { ...mine.view, ...change };
      parts.changed();
    };

    async function run(): Promise<void> {
      await line.pause();
      const found = await findBoards({
        ...searchOf(line.transport),
        openLine: (baudRate) => parts.open(line.transport, baudRate),
        clock,
        gone: () => left !== undefined,
        progress: (done, total) => {
          if (done % PROGRESS_EVERY === 0 || done === total) show({ search: { done, total } });
        },
      });
      const [first] = found;
      show({
        found: found.map(({ definition, address, baudRate }) => ({
          definition: definition.id,
          model: `${definition.maker} ${definition.model}`,
          address,
          locks: definition.capacity,
          baudRate: baudRate || definition.baudRate,
        })),
      });
      if (first === undefined) {
        show({ phase: 'ended', end: { why: 'nothing-found', detail: '' } });
        return;
      }
      if (found.some((each) => each.definition !== first.definition)) {
        show({ phase: 'ended', end: { why: 'several-models', detail: '' } });
        return;
      }
      const kept = progressFile(parts.file, line.key);
      const read = kept.read();
      if (read.kind === 'damaged')
        log.warn({ reason: read.reason, file: read.as }, 'commissioning: kept progress was put aside');
      const done = await commission({
        boards: found,
        line: line.key,
        transport: parts.open(line.transport, first.baudRate),
        clock,
        suggested: line.devices[0],
        before: read.kind === 'kept' ? read.progress : undefined,
        keep: (progress) => {
          kept.keep(progress);
          show({
            doors: doorsOf(progress),
            ...(progress.bank === undefined ? {} : { bank: progress.bank }),
          });
        },
        onPulse: () => {
          show({ pulses: mine.view.pulses + 1 });
        },
        gone: () => left !== undefined,
        talk: {
          tell: (word, values = {}) => {
            show({ told: [...mine.view.told, { word, values }].slice(-MOST_TOLD) });
          },
          ask: (word, values = {}) =>
            new Promise((resolve, reject) => {
              if (left !== undefined) {
                reject(new WentAway());
                return;
              }
              waiting = { resolve, reject };
              questions += 1;
              show({ phase: 'asking', question: { number: questions, word, values } });
            }),
        },
      });
      const backup = writeDevice(parts.file, deviceEntry(done, ratedLine(line.transport, first)));
      kept.forget();
      show({ phase: 'done', written: { file: parts.file, backup } });
    }

    const finish = (): void => {
      cancelLease();
      line.resume();
      last = mine.view;
      running = undefined;
      parts.changed();
      over();
    };
    void run()
      .catch((error: unknown) => {
        const { question: _, ...rest } = mine.view;
        mine.view = rest;
        const detail = (error instanceof Error ? error.message : String(error)).slice(0, 500);
        const why = endOf(error, left);
        if (why === 'failed') log.error({ error: detail }, 'commissioning failed');
        mine.view = { ...mine.view, phase: 'ended', end: { why, detail } };
      })
      .finally(finish);
    renew();
    parts.changed();
  }

  return {
    act: (act) => {
      if (act.act === 'start') {
        if (running !== undefined) return { outcome: 'refused', reason: 'busy' };
        const line = parts.lines().find((each) => each.key === act.line);
        if (line === undefined) return { outcome: 'refused', reason: 'unknown-line' };
        begin(act.session, line);
        return { outcome: 'done' };
      }
      if (running?.view.session !== act.session) return { outcome: 'refused', reason: 'no-session' };
      switch (act.act) {
        case 'keep':
          renew();
          return { outcome: 'done' };
        case 'stop':
          running.leave('stopped');
          return { outcome: 'done' };
        case 'answer':
          // An answer to an older question, or the same one twice, is nobody's word any more [DV47].
          if (running.view.question?.number !== act.question)
            return { outcome: 'refused', reason: 'not-asked' };
          renew();
          running.answer(act.answer);
          return { outcome: 'done' };
      }
    },
    state: () => {
      const session = running?.view ?? last;
      return {
        at: toInstant(clock.now()),
        gateway: true,
        lines: parts.lines().map(({ key, devices }): CommissioningLine => ({
          key,
          devices: [...devices],
          kept: progressFile(parts.file, key).kept(),
        })),
        ...(session === undefined ? {} : { session }),
      };
    },
    stop: async () => {
      const mine = running;
      mine?.leave('stopped');
      await mine?.over;
    },
  };
}

function endOf(error: unknown, left: CommissioningEnd | undefined): CommissioningEnd {
  if (left !== undefined) return left;
  if (error instanceof LineNotOpen) return 'not-open';
  return error instanceof NotWritten ? 'not-written' : 'failed';
}
