import { LIVE_PATH, LiveMessage } from '../../contract/hall-api.ts';
import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';

/** Waits between attempts to hear the hall again, in milliseconds; the last one repeats. */
const RECONNECT_MS: readonly Millis[] = [1000, 2000, 5000, 10_000];
/** Changes closer together than this are told as one [CN10]. */
export const GATHER_MS: Millis = 500;

/**
 * Hears the hall's live view and calls `onChange` when something must be fetched again: at every
 * change, and after every lost connection. Returns the end.
 */
export function openLive(
  view: Window,
  clock: Clock,
  onChange: () => void,
  onSensors: () => void = () => undefined,
): () => void {
  let socket: WebSocket | undefined;
  let attempt = 0;
  let closed = false;
  let cancel: CancelTimer = () => undefined;
  const gather = gatherCalls(clock, GATHER_MS, onChange);
  const gatherSensors = gatherCalls(clock, GATHER_MS, onSensors);

  const connect = (): void => {
    const { protocol, host } = view.location;
    const opened = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}${LIVE_PATH}?as=staff`);
    socket = opened;
    opened.onmessage = (event: MessageEvent<unknown>) => {
      const message = readLive(event.data);
      if (message === undefined) return;
      attempt = 0;
      if (message.type === 'changed' && message.topics.includes('sensors')) {
        gatherSensors.call();
        // New values of sensors alone do not change the board.
        if (message.topics.length === 1) return;
      }
      if (message.type === 'changed' || message.type === 'door') gather.call();
    };
    opened.onclose = () => {
      if (closed) return;
      gather.call();
      const wait = RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)] ?? 10_000;
      attempt += 1;
      cancel = clock.after(wait, connect);
    };
  };
  connect();
  return () => {
    closed = true;
    cancel();
    gather.stop();
    gatherSensors.stop();
    socket?.close();
  };
}

/** A message of the live view; unreadable ones are none: a newer hall may say more than we know. */
export function readLive(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const parsed = LiveMessage.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Runs at once, then at most once in `gap`; what came in between runs once at its end. */
export function gatherCalls(clock: Clock, gap: Millis, run: () => void): { call(): void; stop(): void } {
  let cancel: CancelTimer | undefined;
  let again = false;
  const fire = (): void => {
    again = false;
    run();
    cancel = clock.after(gap, () => {
      cancel = undefined;
      if (again) fire();
    });
  };
  return {
    call: () => {
      if (cancel === undefined) fire();
      else again = true;
    },
    stop: () => {
      cancel?.();
      cancel = undefined;
      again = false;
    },
  };
}
