import type { PrinterState } from '../contract/messages.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import type { PrinterDefinition } from './definitions/definition.ts';
import { createPrinterLine } from './printers/printer-line.ts';
import { slipBytes } from './printers/slip-bytes.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A printer alone on its line: takes `print` commands, says paper, cover and error. */
export function createPrinterUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly definition: PrinterDefinition },
): LineUnits {
  const { transport, line: plan, clock, log } = parts;
  const { id, definition } = device;
  const output = parts.output(id);
  const publishState = (): void => {
    const condition = printer.condition();
    const state: PrinterState = {
      at: toInstant(clock.now()),
      ...condition,
      ...lineOf(transport.state()),
      ...(transport.state().name === 'open' && condition.error === 'no-answer'
        ? { line: printer.stats().strayBytes > 0 ? ('garbled' as const) : ('silent' as const) }
        : {}),
    };
    output.state(state);
  };
  const printer = createPrinterLine({
    transport,
    definition,
    clock,
    onCondition: (state) => {
      if (state.name === 'down') log.warn({ line: plan.key, reason: state.reason }, 'printer line is down');
      publishState();
    },
  });
  const unit: Unit = {
    id,
    execute: async (command) => {
      if (command.name !== 'print') return { outcome: 'refused', reason: 'unknown-command' };
      const slip = slipBytes(command.args.job, definition, parts.glyphs);
      if (slip.missing.length > 0)
        log.warn(
          { device: id, characters: slip.missing.length },
          'the printer has no glyph for some characters',
        );
      return printer.print(slip.bytes, fromInstant(command.expiresAt));
    },
    publishState,
  };
  return {
    units: [unit],
    start: () => {
      printer.start();
    },
    report: () => ({
      key: plan.key,
      devices: [id],
      kind: 'escpos-printer',
      state: transport.state().name,
      stats: printer.stats(),
    }),
    stop: () => printer.stop(),
  };
}
