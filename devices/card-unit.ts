import type { LineState } from '../contract/messages.ts';
import { toInstant } from '../contract/time.ts';
import { createPcscReader } from './cards/pcsc-reader.ts';
import { uidToken } from './cards/uid.ts';
import { lineOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** A card reader behind pcscd: every card laid becomes one `card` event with a token, never with its number [DV67]. */
export function createCardUnit(
  parts: UnitParts,
  device: { readonly id: string; readonly reader: string; readonly key: Uint8Array },
): LineUnits {
  const { transport, line, clock, ids, log } = parts;
  const output = parts.output(device.id);
  const publishState = (): void => {
    const now = lineOf(transport.state());
    const missing = now.line === 'ok' && reader.presence() === 'none';
    const refused = reader.lastRefusal();
    const state: LineState = {
      at: toInstant(clock.now()),
      ...(missing ? { line: 'down', fault: 'unplugged' } : now),
      ...(refused === undefined ? {} : { cardRefused: refused }),
    };
    output.state(state);
  };
  const reader = createPcscReader({
    ...{ transport, clock, wanted: device.reader },
    onCard: (uid) => {
      output.event({
        ...{ id: ids.uuid(), at: toInstant(clock.now()), kind: 'card', card: 'uid' },
        token: uidToken(device.key, uid),
      });
    },
    onChange: (state) => {
      if (state.name === 'down') log.warn({ line: line.key, reason: state.reason }, 'pcscd is not there');
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
      kind: 'pcsc-card',
      state: transport.state().name,
      stats: reader.stats(),
    }),
    stop: () => reader.stop(),
  };
}
