import type { IdReaderState } from '../contract/messages.ts';
import { toInstant } from '../contract/time.ts';
import type { IdReaderDefinition } from './definitions/definition.ts';
import { createIdReaderLine } from './idcard/id-reader-line.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A reader of ID cards alone on its line: every card laid on it becomes one `id-card` event without its number [DV64]. */
export function createIdReaderUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly definition: IdReaderDefinition },
): LineUnits {
  const { transport, line, clock, ids, log } = parts;
  const output = parts.output(device.id);
  const publishState = (): void => {
    const port = lineOf(transport.state());
    const state: IdReaderState = {
      at: toInstant(clock.now()),
      ...port,
      ...(port.line === 'ok' ? { line: reader.health() } : {}),
      reader: reader.fault() ?? 'ready',
    };
    output.state(state);
  };
  const reader = createIdReaderLine({
    transport,
    definition: device.definition,
    clock,
    idKeys: parts.idKeys ?? (() => []),
    onCard: (card) => {
      output.event({ id: ids.uuid(), at: toInstant(clock.now()), kind: 'id-card', ...card });
    },
    onRefused: (reason) => {
      // The field, never what stood in it.
      log.warn({ device: device.id, field: reason }, 'a card was read that is no resident ID card');
    },
    onChange: (state) => {
      if (state?.name === 'down')
        log.warn({ line: line.key, reason: state.reason }, 'ID card reader line is down');
      publishState();
    },
  });
  const unit: Unit = {
    id: device.id,
    execute: () => Promise.resolve({ outcome: 'refused', reason: 'unknown-command' }),
    publishState,
  };
  return {
    units: [unit],
    start: () => {
      reader.start();
    },
    report: () => ({
      key: line.key,
      devices: [device.id],
      kind: 'id-card-reader',
      state: transport.state().name,
      stats: reader.stats(),
    }),
    stop: () => reader.stop(),
  };
}
