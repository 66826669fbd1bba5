import { pbkdf2Sync } from 'node:crypto';
import { join } from 'node:path';
import type { BrokerConfig } from '../contract/config.ts';
import type { Random } from '../contract/ports.ts';
import { accessTable } from '../contract/topics.ts';
import type { BrokerRole } from '../contract/topics.ts';
import { defaultLimits } from './limits.ts';

/**
 * The same hall on Mosquitto 2: its configuration, access list and password file, made from the same
 * access table that our own broker obeys. What Mosquitto cannot enforce is in decision record 0013.
 */
export interface MosquittoFiles {
  readonly 'mosquitto.conf': string;
  readonly acl: string;
  readonly passwords: string;
}

/** Iterations of mosquitto_passwd 2.0. Secrets hold 192 random bits; more would only slow Mosquitto's one thread. */
const ITERATIONS = 101;

export function mosquittoFiles(options: {
  readonly config: BrokerConfig;
  readonly roles: ReadonlyMap<string, BrokerRole>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly random: Pick<Random, 'bytes'>;
  /** Absolute folder where the files will lie. */
  readonly folder: string;
  /** TLS files (PEM), when the configuration has `tls`. */
  readonly tls?: { readonly ca: string; readonly server: string };
}): MosquittoFiles {
  const { config, roles, secrets, random, folder, tls } = options;
  const passwords = [...roles.keys()].map(
    (id) => `${id}:${passwordOf(secrets[id] ?? '', random.bytes(12))}\n`,
  );
  const plain = [`listener ${String(config.port)} ${config.host}`];
  const secured =
    config.tls === undefined || tls === undefined
      ? []
      : [
          `listener ${String(config.tls.port)} ${config.tls.host}`,
          `cafile ${tls.ca}`,
          `certfile ${tls.server}`,
          `keyfile ${tls.server}`,
          'tls_version tlsv1.2',
        ];
  return {
    'mosquitto.conf': `${[
      '# Made by `npm run broker -- export-mosquitto`; make it again after every change of the configuration.',
      ...plain,
      ...secured,
      'allow_anonymous false',
      `password_file ${join(folder, 'passwords')}`,
      `acl_file ${join(folder, 'acl')}`,
      '# One credential, one client id: nobody takes over the session of another.',
      'use_username_as_clientid true',
      'allow_zero_length_clientid false',
      `max_keepalive ${String(defaultLimits.keepalive)}`,
      `max_connections ${String(defaultLimits.connections)}`,
      `max_packet_size ${String(Math.max(...Object.values(defaultLimits.packetBytes)))}`,
      `max_queued_messages ${String(defaultLimits.queueMessages)}`,
      `max_queued_bytes ${String(defaultLimits.queueBytes)}`,
      `persistent_client_expiration ${String(defaultLimits.queueAge / 86_400_000)}d`,
      '# What was acknowledged is on disk a second later at the latest.',
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_on_changes true',
      'autosave_interval 1',
      'sys_interval 0',
      'log_dest stderr',
      'connection_messages true',
    ].join('\n')}\n`,
    acl: [...roles].map(([id, role]) => aclOf(config.hall, id, role)).join('\n'),
    passwords: passwords.join(''),
  };
}

/** A block of an `acl_file`: what is not granted is denied, `$SYS` included. */
function aclOf(hall: number, id: string, role: BrokerRole): string {
  const { publish, subscribe } = accessTable(hall, role);
  return [
    `user ${id}`,
    ...publish.map((filter) => `topic write ${filter}`),
    ...subscribe.map((filter) => `topic read ${filter}`),
    '',
  ].join('\n');
}

/** `$7$iterations$salt$hash`: PBKDF2 with SHA-512, as mosquitto_passwd writes it. */
export function passwordOf(secret: string, salt: Uint8Array): string {
  const hash = pbkdf2Sync(secret, salt, ITERATIONS, 64, 'sha512');
  return `$7$${String(ITERATIONS)}$${Buffer.from(salt).toString('base64')}$${hash.toString('base64')}`;
}
