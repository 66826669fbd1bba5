import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LineStatistics } from '../../contract/messages.ts';

/** Requests by route and status, as Prometheus reads them. */
export interface HttpMetrics {
  observe(route: string, status: number, elapsedMs: number): void;
  text(): Promise<string>;
}

type Count = Exclude<keyof LineStatistics, 'answerMs'>;
const LINE_COUNTS: readonly (readonly [Count, string])[] = [
  ['frames', 'Frames read from a device line'],
  ['badBytes', 'Bytes that belonged to no frame'],
  ['queries', 'Questions asked on a device line'],
  ['unanswered', 'Questions without an answer in time'],
  ['echoes', 'Requests heard back instead of an answer'],
  ['unlocks', 'Unlocks sent'],
];

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Metrics of one hall process.
 * @param gauges read when asked: name without prefix -> present value.
 * @param lines what the lines of devices have seen, by device; counts begin anew when a gateway does [DK25]
 */
export function createMetrics(
  gauges: () => Readonly<Record<string, number>>,
  lines: () => (readonly [string, LineStatistics])[] = () => [],
): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'hall_' });
  const requests = new Histogram({
    name: 'hall_http_seconds',
    help: 'Time from request to answer',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers: [registry],
  });
  const ofLines = LINE_COUNTS.map(
    ([field, help]) =>
      [
        field,
        new Counter({
          name: `hall_line_${snake(field)}_total`,
          help,
          labelNames: ['device'],
          registers: [registry],
        }),
      ] as const,
  );
  const answers = new Gauge({
    name: 'hall_line_answer_seconds',
    help: 'From the last byte of a question to its answer, since the gateway started',
    labelNames: ['device', 'quantile'],
    registers: [registry],
  });
  const readLines = (): void => {
    for (const [, counter] of ofLines) counter.reset();
    answers.reset();
    for (const [device, stats] of lines()) {
      for (const [field, counter] of ofLines) counter.labels(device).inc(stats[field]);
      if (stats.answerMs === undefined) continue;
      answers.labels(device, '0.5').set(stats.answerMs.p50 / 1000);
      answers.labels(device, '0.99').set(stats.answerMs.p99 / 1000);
    }
  };
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
      readLines();
      return registry.metrics();
    },
  };
}
