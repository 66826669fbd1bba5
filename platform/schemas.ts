import { z } from 'zod';
import { BrokerConfig, CentralConfig, GatewayConfig, HallConfig, SyncConfig } from '../contract/config.ts';

const schemas = {
  hall: HallConfig,
  central: CentralConfig,
  broker: BrokerConfig,
  gateway: GatewayConfig,
  sync: SyncConfig,
} as const;

/** The published JSON Schemas of the configuration files: file name under docs/schemas -> text. */
export function configSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.json`,
      `${JSON.stringify({ title: `Configuration of ${name}`, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }, null, 2)}\n`,
    ]),
  );
}
