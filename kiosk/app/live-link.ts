import { LIVE_PATH, LiveMessage } from '../../contract/hall-api.ts';
import type { CancelTimer, Clock, Millis } from '../../contract/ports.ts';

const FIRST_WAIT_MS: Millis = 500;
const LONGEST_WAIT_MS: Millis = 10_000;

export interface LiveLink {
  readonly onLive: (hear: (message: LiveMessage) => void) => () => void;
  stop(): void;
}

/** The hall's live view; comes back by itself after a cut, more slowly each time. */
export function openLiveLink(clock: Clock, origin: string): LiveLink {
  const listeners = new Set<(message: LiveMessage) => void>();
  let wait = FIRST_WAIT_MS;
  let socket: WebSocket | undefined;
  let cancel: CancelTimer = () => undefined;
  let stopped = false;

  const open = (): void => {
    const made = new WebSocket(`${origin.replace(/^http/, 'ws')}${LIVE_PATH}`);
    socket = made;
    made.addEventListener('message', (event: MessageEvent<unknown>) => {
      wait = FIRST_WAIT_MS;
      const message = LiveMessage.safeParse(parse(event.data));
      if (message.success) for (const hear of listeners) hear(message.data);
    });
    made.addEventListener('close', () => {
      if (stopped) return;
      cancel = clock.after(wait, open);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    });
  };
  open();
  return {
    onLive: (hear) => {
      listeners.add(hear);
      return () => {
        listeners.delete(hear);
      };
    },
    stop: () => {
      stopped = true;
      cancel();
      socket?.close();
    },
  };
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data);
  } catch {
    // Not a message of ours; the schema refuses it.
    return undefined;
  }
}
