import type { LineState } from '../contract/messages.ts';
import type { CancelTimer } from '../contract/ports.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import type { LineScannerDefinition } from './definitions/definition.ts';
import type { LineResult } from './drivers/lock-line.ts';
import { createLineScanner } from './drivers/scanner.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A scanner alone on its line: every code becomes one `scan` event; one that reads on command is told to [DV60]. */
export function createScannerUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly definition: LineScannerDefinition },
): LineUnits {
  const { transport, line, clock, ids, log } = parts;
  const { trigger } = device.definition;
  const scanner = createLineScanner(device.definition, clock);
  const output = parts.output(device.id);
  /** A command that awaits its answer; the last one stayed without. */
  let waiting: ((answered: boolean) => void) | undefined;
  let silent = false;
  const publishState = (): void => {
    const state: LineState = {
      at: toInstant(clock.now()),
      ...lineOf(transport.state()),
      ...(silent && transport.state().name === 'open' ? { line: 'silent' as const } : {}),
      ...(trigger === undefined ? {} : { onCommand: true }),
    };
    output.state(state);
  };
  const heard = (): void => {
    const news = silent;
    silent = false;
    waiting?.(true);
    if (news) publishState();
  };
  const look = async (expiresAt: number): Promise<LineResult> => {
    if (trigger === undefined) return { outcome: 'refused', reason: 'unknown-command' };
    if (clock.now() >= expiresAt) return { outcome: 'refused', reason: 'expired' };
    const answer = new Promise<boolean>((resolve) => {
      let cancel: CancelTimer = () => undefined;
      const end = (answered: boolean): void => {
        cancel();
        waiting = undefined;
        resolve(answered);
      };
      waiting = end;
      cancel = clock.after(trigger.answerMs, () => {
        end(false);
      });
    });
    if ((await transport.write(Uint8Array.from(trigger.command))) !== 'written') {
      waiting?.(false);
      return { outcome: 'failed', reason: 'line-down' };
    }
    if (await answer) return { outcome: 'done' };
    silent = true;
    publishState();
    return { outcome: 'failed', reason: 'scanner-silent' };
  };
  let looking: Promise<LineResult> | undefined;
  const unit: Unit = {
    id: device.id,
    execute: (command) => {
      if (command.name !== 'scan') return Promise.resolve({ outcome: 'refused', reason: 'unknown-command' });
      // One look at a time: a command that comes while another waits has its answer in it.
      looking ??= look(fromInstant(command.expiresAt)).finally(() => {
        looking = undefined;
      });
      return looking;
    },
    publishState,
  };
  return {
    units: [unit],
    start: () => {
      transport.start({
        onBytes: (chunk) => {
          const before = scanner.stats();
          for (const text of scanner.push(chunk))
            output.event({ id: ids.uuid(), at: toInstant(clock.now()), kind: 'scan', text });
          const after = scanner.stats();
          if (after.answers > before.answers || after.scans > before.scans) heard();
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
