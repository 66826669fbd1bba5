import { GatewayState } from '../../contract/commissioning.ts';
import type {
  CommissioningAct,
  CommissioningSession,
  CommissioningView,
} from '../../contract/commissioning.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { DeviceListener, HallContext } from '../ports.ts';
import { openingOf, refusalOf } from './commissioning.rules.ts';

interface Begun {
  readonly gateway: string;
  readonly reason: string;
  readonly by: string;
  ended: boolean;
}

const done = { ok: true } as const;

/**
 * Commissioning from the desk [DK22] [DK23]: gateways tell in their state how far they are, managers begin and answer.
 * The hall keeps no wizard of its own; it knows who began and why, and writes every pulse down before it leaves.
 */
export function createCommissioningService(
  context: HallContext,
  /** Compartments of these devices that somebody has rented. */
  inUse: (devices: readonly string[]) => readonly number[] = () => [],
) {
  const { devices, ids, store, live, alarms } = context;
  const gateways = new Map<string, GatewayState>();
  const begun = new Map<string, Begun>();

  function sessionOf(id: string): { gateway: string; session: CommissioningSession } | undefined {
    for (const [gateway, { session }] of gateways) if (session?.session === id) return { gateway, session };
    return undefined;
  }

  async function tell(gateway: string, act: CommissioningAct): Promise<Result<typeof done>> {
    if (devices.availability(gateway) !== 'online') return refused('commissioning-gateway-away');
    const { outcome, reason } = await devices.commission(gateway, act);
    return outcome === 'done' ? accepted(done) : refused(refusalOf(reason));
  }

  /** What a session came to, once, in the audit. */
  function noteEnd({ session }: GatewayState): void {
    const mine = session === undefined ? undefined : begun.get(session.session);
    if (session === undefined || mine === undefined || mine.ended) return;
    if (session.phase !== 'done' && session.phase !== 'ended') return;
    mine.ended = true;
    store.transaction((tx) => {
      tx.audit({
        actor: `staff:${mine.by}`,
        action: session.phase === 'done' ? 'commissioning.written' : 'commissioning.ended',
        subject: session.line,
        detail: {
          gateway: mine.gateway,
          pulses: session.pulses,
          ...(session.end === undefined ? {} : { why: session.end.why }),
        },
      });
      return undefined;
    });
  }

  const listener: DeviceListener = {
    onState: (device, payload) => {
      const told = GatewayState.safeParse(payload);
      if (!told.success) return;
      gateways.set(device, told.data);
      noteEnd(told.data);
      live.changed('devices');
    },
    onAvailability: (device) => {
      if (gateways.has(device)) live.changed('devices');
    },
  };

  return {
    listener,
    isGateway: (device: string): boolean => gateways.has(device),
    view: (): CommissioningView => ({
      gateways: [...gateways].map(([id, { lines, session }]) => ({
        id,
        online: devices.availability(id) === 'online',
        lines: lines.map((line) => ({ ...line, inUse: [...inUse(line.devices)] })),
        ...(session === undefined ? {} : { session }),
      })),
    }),
    start: async (
      gateway: string,
      line: string,
      reason: string,
      by: string,
    ): Promise<Result<{ session: string }>> => {
      if (reason.trim() === '') return refused('reason-missing');
      const known = gateways.get(gateway)?.lines.find((each) => each.key === line);
      if (known === undefined) return refused('commissioning-line-unknown');
      const session = ids.uuid();
      store.transaction((tx) => {
        tx.audit({
          actor: `staff:${by}`,
          action: 'commissioning.start',
          subject: line,
          detail: { gateway, reason: reason.trim() },
        });
        return undefined;
      });
      begun.set(session, { gateway, reason: reason.trim(), by, ended: false });
      const told = await tell(gateway, { act: 'start', session, line });
      if (!told.ok) {
        begun.delete(session);
        return told;
      }
      const banks = known.devices.join(', ') || line;
      alarms.raise('commissioning', {
        zh: `${by} 正在调试 ${banks}：${reason.trim()}。期间这些柜门不能开。`,
        en: `${by} is commissioning ${banks}: ${reason.trim()}. Its doors cannot be opened meanwhile.`,
      });
      return accepted({ session });
    },
    answer: (id: string, question: number, answer: string, by: string): Promise<Result<typeof done>> => {
      const found = sessionOf(id);
      const mine = begun.get(id);
      // A hall that was started anew does not know why this session began: without a reason nothing opens [DK23].
      if (found === undefined || mine === undefined) return Promise.resolve(refused('commissioning-over'));
      const opening = openingOf(found.session, question, answer);
      if (opening !== undefined)
        store.transaction((tx) => {
          tx.audit({
            actor: `staff:${by}`,
            action: 'commissioning.open',
            subject: `compartment:${String(opening.compartment)}`,
            detail: {
              gateway: found.gateway,
              line: found.session.line,
              board: opening.board,
              lock: opening.lock,
              reason: mine.reason,
            },
          });
          return undefined;
        });
      return tell(found.gateway, { act: 'answer', session: id, question, answer });
    },
    keep: (id: string): Promise<Result<typeof done>> => {
      const found = sessionOf(id);
      if (found === undefined || !begun.has(id)) return Promise.resolve(refused('commissioning-over'));
      return tell(found.gateway, { act: 'keep', session: id });
    },
    stop: (id: string): Promise<Result<typeof done>> => {
      const found = sessionOf(id);
      if (found === undefined) return Promise.resolve(refused('commissioning-over'));
      return tell(found.gateway, { act: 'stop', session: id });
    },
  };
}

export type CommissioningService = ReturnType<typeof createCommissioningService>;
