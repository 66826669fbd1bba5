import type { LineState } from '../contract/messages.ts';
import { toInstant } from '../contract/time.ts';
import type { LineScannerDefinition } from './definitions/definition.ts';
import { createLineScanner } from './drivers/scanner.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A scanner alone on its line: every code becomes one `scan` event. */
export function createScannerUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly definition: LineScannerDefinition },
): LineUnits {
  const { transport, line, clock, ids, log } = parts;
  const scanner = createLineScanner(device.definition, clock);
  const output = parts.output(device.id);
  const publishState = (): void => {
    const state: LineState = {
      at: toInstant(clock.now()),
      ...lineOf(transport.state()),
    };
    output.state(state);
  };
  const unit: Unit = {
    id: device.id,
    execute: () => Promise.resolve({ outcome: 'refused', reason: 'unknown-command' }),
    publishState,
  };
  return {
    units: [unit],
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          for (const text of scanner.push(chunk))
            output.event({ id: ids.uuid(), at: toInstant(clock.now()), kind: 'scan', text });
        },
        onState: (state) => {
          scanner.reset();
          if (state.name === 'down')
            log.warn({ line: line.key, reason: state.reason }, 'scanner line is down');
          publishState();
        },
      });
    },
    report: () => ({
      key: line.key,
      devices: [device.id],
      kind: 'line-scanner',
      state: transport.state().name,
      stats: scanner.stats(),
    }),
    stop: () => transport.stop(),
  };
}
