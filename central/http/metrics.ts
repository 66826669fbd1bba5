import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Requests by route and status, as Prometheus reads them. */
export interface CentralMetrics {
  observe(route: string, status: number, elapsedMs: number): void;
  text(): Promise<string>;
}

export function createCentralMetrics(): CentralMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'central_' });
  const requests = new Histogram({
    name: 'central_http_seconds',
    help: 'Time from request to answer; feed requests wait on purpose',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    observe: (route, status, elapsedMs) => {
      requests.labels(route, String(status)).observe(elapsedMs / 1000);
    },
    text: () => registry.metrics(),
  };
}
