/** Counts since start, for `/metrics`. `*By` maps count by reason. */
export interface BrokerCounters {
  connections: number;
  connected: number;
  published: number;
  delivered: number;
  queueDropped: number;
  slowCutOff: number;
  errors: number;
  readonly refusedBy: Record<string, number>;
  readonly deniedPublishBy: Record<string, number>;
  readonly deniedSubscribeBy: Record<string, number>;
}

export function newCounters(): BrokerCounters {
  return {
    connections: 0,
    connected: 0,
    published: 0,
    delivered: 0,
    queueDropped: 0,
    slowCutOff: 0,
    errors: 0,
    refusedBy: {},
    deniedPublishBy: {},
    deniedSubscribeBy: {},
  };
}

/** Adds one to the count of `reason`. Reasons come from our own lists, never from the wire. */
export function count(by: Record<string, number>, reason: string): void {
  by[reason] = (by[reason] ?? 0) + 1;
}
