import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Requests by route and status, as Prometheus reads them. */
export interface HttpMetrics {
  observe(route: string, status: number, elapsedMs: number): void;
  text(): Promise<string>;
}

/**
 * Metrics of one hall process.
 * @param gauges read when asked: name without prefix -> present value.
 */
export function createMetrics(gauges: () => Readonly<Record<string, number>>): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hall_' });
  const requests = new Histogram({
    name: 'hall_http_seconds',
    help: 'Time from request to answer',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [registry],
  });
  const made = new Map<string, Gauge>();
  return {
    observe: (route, status, elapsedMs) => {
      requests.labels(route, String(status)).observe(elapsedMs / 1000);
    },
    text: async () => {
      for (const [name, value] of Object.entries(gauges())) {
        const gauge =
          made.get(name) ??
          new Gauge({ name: `hall_${name}`, help: name.replaceAll('_', ' '), registers: [registry] });
        made.set(name, gauge);
        gauge.set(value);
      }
      return registry.metrics();
    },
  };
}
