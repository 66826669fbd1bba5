import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BrokerConfig } from '../contract/config.ts';
import { defaultBridgePrefixes } from '../contract/topics.ts';
import type { BrokerRole } from '../contract/topics.ts';
import type { Broker } from './broker.ts';
import { writeWhole } from './whole-file.ts';

/** `{clientId: secret}`: the form in which gateways read their secrets. */
export const SecretsFile = z.record(z.string(), z.string());
export type SecretsFile = z.infer<typeof SecretsFile>;

/** The client id of the hall itself. */
export const HALL_CLIENT = 'hall';

/**
 * Makes the broker's credentials agree with the configuration: missing ones are made, those whose
 * rights changed or whose secret is no longer in the file are made anew, those not named any more
 * are revoked unless they were enrolled by command. Secrets are in the file (mode 0600) before the broker knows them, so that a crash
 * between the two leaves nobody locked out.
 * @returns the secrets by client id, the hall's own under `hall`.
 */
export async function enrolConfigured(
  broker: Broker,
  config: Pick<BrokerConfig, 'devices' | 'bridges'>,
  file: string,
): Promise<SecretsFile> {
  const wanted = rolesOf(config);
  const secrets = existsSync(file) ? SecretsFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  for (const id of broker.credentials.ids()) {
    if (!wanted.has(id) && !broker.credentials.enrolled(id)) await broker.revoke(id);
  }
  const kept: SecretsFile = {};
  const fresh: [string, BrokerRole, string][] = [];
  for (const [id, role] of wanted) {
    const secret = secrets[id] ?? broker.credentials.newSecret();
    kept[id] = secret;
    const same = JSON.stringify(broker.credentials.role(id)) === JSON.stringify(role);
    if (!same || secrets[id] === undefined) fresh.push([id, role, secret]);
  }
  writeWhole(file, `${JSON.stringify(kept, null, 2)}\n`);
  for (const [id, role, secret] of fresh) await broker.put(id, role, secret);
  return kept;
}

/** Every configured client with its role, the hall's own first. @throws when an id is named twice. */
export function rolesOf(config: Pick<BrokerConfig, 'devices' | 'bridges'>): Map<string, BrokerRole> {
  // The hall hears what its bridges publish; never more of its own topics than the table says.
  const extra = [...new Set(config.bridges.flatMap((bridge) => bridge.prefixes))].filter(
    (prefix) => !defaultBridgePrefixes.includes(prefix) && prefix.split('/')[0] !== 'hall',
  );
  const hall: BrokerRole = extra.length === 0 ? { kind: 'hall' } : { kind: 'hall', prefixes: extra };
  const roles = new Map<string, BrokerRole>([[HALL_CLIENT, hall]]);
  const add = (id: string, role: BrokerRole): void => {
    if (roles.has(id))
      throw new Error(`client id "${id}" is named twice (or is the hall's own, "${HALL_CLIENT}")`);
    roles.set(id, role);
  };
  for (const device of config.devices) add(device, { kind: 'device', device });
  for (const { id, prefixes } of config.bridges) add(id, { kind: 'bridge', prefixes });
  return roles;
}
