import type { TLSSocket } from 'node:tls';
import type { BrokerTls } from '../../contract/config.ts';
import type { CancelTimer, Clock, Millis, Random } from '../../contract/ports.ts';
import type { Admission } from '../admission.ts';
import { count } from '../counters.ts';
import type { BrokerCounters } from '../counters.ts';
import type { BrokerLog } from '../gatekeeper.ts';
import type { BrokerLimits } from '../limits.ts';
import { openAuthority } from './authority.ts';
import type { AuthorityStatus, Certified, Tended } from './authority.ts';
import type { Certificates, PeerCertificate } from './certificates.ts';
import { listenTls } from './listener.ts';

/** The broker's TLS listener with its authority, kept in order while it runs. */
export interface SecureSide {
  /** 0 when it does not listen. */
  readonly port: number;
  readonly bundleFile: string;
  status(): AuthorityStatus;
  certify(client: string, publicKey: string): Promise<Certified>;
  /** A new authority; `days` of overlap with the old one, 0 = none. */
  rotateAuthority(days: number): Promise<void>;
  finishRotation(): Promise<void>;
  renewServer(): Promise<void>;
  /** What runs every hour by itself: renewal, end of an overlap, connections whose certificate has ended. */
  tend(): Promise<void>;
  stop(): Promise<void>;
}

const TEND_EVERY: Millis = 3_600_000;
const DAY: Millis = 24 * 3_600_000;

export async function openSecureSide(options: {
  readonly hall: number;
  readonly dataDir: string;
  readonly tls: BrokerTls;
  /** false = the authority only, for commands while no broker runs. */
  readonly listen: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: BrokerLimits;
  readonly counters: BrokerCounters;
  readonly admission: Admission;
  readonly certificates: Certificates;
  readonly log: BrokerLog;
  readonly handle: (socket: TLSSocket, peer: PeerCertificate | undefined) => void;
  /** Closes open connections whose certificate is not accepted any more. */
  readonly closeRefused: () => void;
}): Promise<SecureSide> {
  const { clock, tls, log, certificates } = options;
  const authority = await openAuthority(options);
  const listener = options.listen
    ? await listenTls({
        host: tls.host,
        port: tls.port,
        material: authority.material(),
        handshakeTimeout: options.limits.connectTimeout,
        admission: options.admission,
        refused: (why, address) => {
          count(options.counters.refusedBy, why);
          log('tls-refused', { why, address });
        },
        secured: options.handle,
      })
    : undefined;
  const take = ({ changed, dropped }: Tended): void => {
    if (changed) {
      listener?.use(authority.material());
      log('certificates-renewed', { serverEnds: new Date(authority.status().serverEnds).toISOString() });
    }
    for (const issuer of dropped) {
      certificates.drop(issuer);
      log('authority-ended', { authority: issuer });
    }
    options.closeRefused();
  };
  const tend = async (): Promise<void> => {
    take(await authority.tend());
  };
  let cancel: CancelTimer = () => undefined;
  const tendLater = (): void => {
    cancel = clock.after(TEND_EVERY, () => {
      tend()
        .catch((error: unknown) => {
          options.counters.errors += 1;
          log('certificates-not-renewed', { error: String(error) });
        })
        .finally(tendLater);
    });
  };
  if (options.listen) tendLater();
  return {
    port: listener?.port ?? 0,
    bundleFile: authority.bundleFile,
    status: () => authority.status(),
    certify: (client, publicKey) => authority.certify(client, publicKey),
    rotateAuthority: async (days) => {
      take(await authority.rotate(days * DAY));
    },
    finishRotation: async () => {
      take(await authority.finish());
    },
    renewServer: async () => {
      take(await authority.renewServer());
    },
    tend,
    stop: () => {
      cancel();
      return listener?.close() ?? Promise.resolve();
    },
  };
}
