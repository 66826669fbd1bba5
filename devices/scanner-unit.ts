import type { LineState } from '../contract/messages.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import type { LineScannerDefinition } from './definitions/definition.ts';
import { createLineScanner } from './drivers/scanner.ts';
import { createScannerTrigger } from './drivers/scanner-trigger.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A code without a tail has ended when the line is quiet this long: longer than a USB adapter holds bytes back. */
const QUIET_MS = 60;
/** Unreadable lines in a row that are no accident but a wrong baud rate. */
const GARBLED_AFTER = 3;

/** A scanner alone on its line: every code becomes one `scan` event. */
export function createScannerUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly definition: LineScannerDefinition },
): LineUnits {
  const { transport, line, clock, ids, log } = parts;
  const { definition } = device;
  const scanner = createLineScanner(definition, clock);
  const trigger =
    definition.trigger === undefined ? undefined : createScannerTrigger(transport, definition.trigger, clock);
  const output = parts.output(device.id);
  let cancelQuiet = (): void => undefined;
  let told = '';

  /** An open port says nothing of the scanner; what came, or did not, does [DV62]. */
  function lineNow(): Pick<LineState, 'line' | 'fault'> {
    const state = lineOf(transport.state());
    if (state.line !== 'ok') return state;
    if (scanner.droppedInARow() >= GARBLED_AFTER) return { line: 'garbled' };
    return trigger?.silent() === true ? { line: 'silent' } : state;
  }
  const publishState = (): void => {
    const now = lineNow();
    told = now.line;
    const state: LineState = {
      at: toInstant(clock.now()),
      ...now,
      ...(trigger === undefined ? {} : { onCommand: true }),
    };
    output.state(state);
  };
  const tellChange = (): void => {
    if (lineNow().line !== told) publishState();
  };
  const tellCodes = (codes: readonly string[]): void => {
    for (const text of codes)
      output.event({ id: ids.uuid(), at: toInstant(clock.now()), kind: 'scan', text });
    if (codes.length > 0) trigger?.heard();
    tellChange();
  };

  const unit: Unit = {
    id: device.id,
    execute: async (command) => {
      if (command.name !== 'look' || trigger === undefined)
        return { outcome: 'refused', reason: 'unknown-command' };
      const result = await trigger.look(fromInstant(command.expiresAt));
      tellChange();
      return result;
    },
    publishState,
  };
  return {
    units: [unit],
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          const before = scanner.stats().acks;
          const codes = scanner.push(chunk);
          if (scanner.stats().acks > before) trigger?.acknowledged();
          tellCodes(codes);
          if (definition.tail !== 'none') return;
          cancelQuiet();
          cancelQuiet = clock.after(QUIET_MS, () => {
            tellCodes(scanner.settle());
          });
        },
        onState: (state) => {
          cancelQuiet();
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
    stop: () => {
      cancelQuiet();
      return transport.stop();
    },
  };
}
