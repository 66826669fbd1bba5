/** Wakes long-polling halls of this process when their feed grew. Other processes are found by polling. */
export interface Notifier {
  wake(hall: number): void;
  /** Calls `run` at the next wake of the hall; the returned function stops waiting. */
  once(hall: number, run: () => void): () => void;
  /** Wakes everybody: the server is stopping. */
  wakeAll(): void;
}

export function createNotifier(): Notifier {
  const waiting = new Map<number, Set<() => void>>();
  const fire = (set: Set<() => void> | undefined): void => {
    if (set === undefined) return;
    const all = [...set];
    set.clear();
    for (const run of all) run();
  };
  return {
    wake: (hall) => {
      fire(waiting.get(hall));
    },
    once: (hall, run) => {
      const set = waiting.get(hall) ?? new Set();
      waiting.set(hall, set);
      set.add(run);
      return () => set.delete(run);
    },
    wakeAll: () => {
      for (const set of waiting.values()) fire(set);
    },
  };
}
