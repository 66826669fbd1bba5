import { z } from 'zod';
import { DeviceId } from '../contract/ids.ts';
import { BridgePrefix } from '../contract/topics.ts';
import type { BrokerRole } from '../contract/topics.ts';
import type { Broker } from './broker.ts';
import { HALL_CLIENT } from './enrol.ts';

/** What `npm run broker -- COMMAND` asks of a broker, running or not. */
export const AdminRequest = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('enrol'),
    id: DeviceId,
    role: z.enum(['device', 'bridge']),
    /** Of a bridge. */
    prefixes: z.array(BridgePrefix).default([]),
    /** PEM; set = a certificate for this key, not a secret. The private key never comes here. */
    publicKey: z.string().optional(),
  }),
  z.strictObject({ command: z.literal('revoke'), id: DeviceId }),
  z.strictObject({ command: z.literal('rotate-ca'), overlapDays: z.number().int().min(0).max(365) }),
  z.strictObject({ command: z.literal('finish-ca') }),
  z.strictObject({ command: z.literal('rotate-server') }),
  z.strictObject({ command: z.literal('certificates') }),
]);
export type AdminRequest = z.infer<typeof AdminRequest>;

export const AdminAnswer = z.union([
  z.strictObject({ secret: z.string() }),
  z.strictObject({ certificate: z.string(), authority: z.string() }),
  z.strictObject({ revoked: z.string() }),
  z.strictObject({
    bundle: z.string(),
    authority: z.string(),
    authorityEnds: z.string(),
    serverEnds: z.string(),
    overlapEnds: z.string().optional(),
  }),
  z.strictObject({ error: z.string() }),
]);
export type AdminAnswer = z.infer<typeof AdminAnswer>;

/** Does it and says what came of it. @throws with a sentence for the person at the terminal. */
export async function administer(broker: Broker, request: AdminRequest): Promise<AdminAnswer> {
  switch (request.command) {
    case 'enrol': {
      if (request.id === HALL_CLIENT)
        throw new Error('the hall enrols itself; its secret is in its data folder');
      const made = await broker.enrol(request.id, roleOf(request), request.publicKey);
      if ('secret' in made) return made;
      return { ...made, authority: secureOf(broker).bundleFile };
    }
    case 'revoke':
      if (request.id === HALL_CLIENT)
        throw new Error('without its own client the hall would be deaf; it is never revoked');
      if (!broker.credentials.has(request.id)) throw new Error(`no client is called "${request.id}"`);
      await broker.revoke(request.id);
      return { revoked: request.id };
    case 'rotate-ca':
      await secureOf(broker).rotateAuthority(request.overlapDays);
      return statusOf(broker);
    case 'finish-ca':
      await secureOf(broker).finishRotation();
      return statusOf(broker);
    case 'rotate-server':
      await secureOf(broker).renewServer();
      return statusOf(broker);
    case 'certificates':
      return statusOf(broker);
  }
}

function roleOf({
  id,
  role,
  prefixes,
}: {
  readonly id: string;
  readonly role: 'device' | 'bridge';
  readonly prefixes: readonly string[];
}): BrokerRole {
  if (role === 'device') return { kind: 'device', device: id };
  if (prefixes.length === 0) throw new Error('a bridge needs --prefixes, e.g. --prefixes zigbee2mqtt');
  return { kind: 'bridge', prefixes };
}

function secureOf(broker: Broker): NonNullable<Broker['secure']> {
  if (broker.secure === undefined) throw new Error('certificates need broker.tls in the configuration');
  return broker.secure;
}

function statusOf(broker: Broker): AdminAnswer {
  const secure = secureOf(broker);
  const { authority, authorityEnds, serverEnds, previous } = secure.status();
  const day = (at: number): string => new Date(at).toISOString();
  return {
    bundle: secure.bundleFile,
    authority,
    authorityEnds: day(authorityEnds),
    serverEnds: day(serverEnds),
    ...(previous === undefined ? {} : { overlapEnds: day(previous.ends) }),
  };
}
