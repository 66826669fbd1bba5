import type { Command, LineHealth, RelayState, SensorState } from '../contract/messages.ts';
import { fromInstant, toInstant } from '../contract/time.ts';
import type { LineResult } from './drivers/lock-line.ts';
import type { LineUse, PlannedModbus } from './gateway.config.ts';
import { createModbusLine } from './modbus/modbus-line.ts';
import { faultOf } from './transports/transport.ts';
import type { LineUnits, Unit, UnitParts } from './unit.ts';

/** Every Modbus device of one line, on one scheduler. */
export function createModbusUnits(parts: UnitParts, use: Extract<LineUse, { kind: 'modbus' }>): LineUnits {
  const { transport, line: plan, clock, log } = parts;
  const units = new Map(use.devices.map((device) => [device.id, createUnit(device)]));

  function createUnit(device: PlannedModbus): Unit {
    const output = parts.output(device.id);
    return {
      id: device.id,
      execute: (command) => execute(device, command),
      publishState: () => {
        const at = toInstant(clock.now());
        const { channels, values, health, unreadable } = line.picture(device.id);
        const on: LineHealth = transport.state().name === 'open' ? health : 'down';
        const stand = {
          line: on,
          ...faultOf(transport.state()),
          ...(on === 'garbled' && unreadable !== undefined ? { unreadable } : {}),
        };
        if (device.definition.relay === undefined) {
          const state: SensorState = { at, ...Object.fromEntries(values), ...stand };
          output.state(state);
          return;
        }
        const state: RelayState & Record<string, unknown> = {
          at,
          channels: Object.fromEntries([...channels].map(([channel, is]) => [String(channel), is])),
          ...Object.fromEntries(values),
          ...stand,
        };
        output.state(state);
      },
    };
  }

  function execute(device: PlannedModbus, command: Command): Promise<LineResult> {
    if (command.name !== 'switch' || device.definition.relay === undefined)
      return Promise.resolve({ outcome: 'refused', reason: 'unknown-command' });
    const { channel, on } = command.args;
    return line.switch(device.id, channel, on, fromInstant(command.expiresAt));
  }

  const line = createModbusLine({
    transport,
    framing: use.framing,
    devices: use.devices,
    clock,
    changed: (id) => units.get(id)?.publishState(),
    onLine: (state) => {
      if (state.name === 'down') log.warn({ line: plan.key, reason: state.reason }, 'line is down');
      for (const unit of units.values()) unit.publishState();
    },
  });

  return {
    units: [...units.values()],
    start: () => {
      line.start();
    },
    report: () => ({
      key: plan.key,
      devices: [...units.keys()],
      kind: 'modbus',
      stats: line.stats(),
    }),
    stop: () => line.stop(),
  };
}
