import type { Clock } from '../../contract/ports.ts';
import type { BrokerDatabase } from '../store.ts';
import type { Certified } from './authority.ts';

/** What a client's certificate says, as read from its TLS connection. */
export interface PeerCertificate {
  /** The common name: the client id it may use. */
  readonly name: string;
  readonly serial: string;
  readonly notAfter: number;
}

/**
 * Client certificates that count: those issued here and neither revoked nor replaced. A list of the good
 * ones, not of the bad: a certificate the authority signed but this list does not know opens nothing.
 */
export interface Certificates {
  /** Enters a certificate; earlier ones of the same client end. */
  issued(client: string, certified: Certified): void;
  /** Why this certificate is not accepted now; undefined = it is. */
  refusal(peer: PeerCertificate): 'certificate-revoked' | 'certificate-expired' | undefined;
  /** Ends all certificates of a client. */
  revoke(client: string): void;
  /** Ends all certificates of an authority that is no longer trusted. */
  drop(issuer: string): void;
  /** The serial number of a client's certificate, or undefined. */
  of(client: string): { readonly serial: string; readonly notAfter: number } | undefined;
}

export function openCertificates(db: BrokerDatabase, clock: Pick<Clock, 'now'>): Certificates {
  const find = db.prepare<[string], { client_id: string }>(
    'SELECT client_id FROM certificate WHERE serial = ?',
  );
  const insert = db.prepare(
    'INSERT INTO certificate (serial, client_id, issuer, not_after, issued_at) VALUES (?, ?, ?, ?, ?)',
  );
  const byClient = db.prepare<[string], { serial: string; not_after: number }>(
    'SELECT serial, not_after FROM certificate WHERE client_id = ? ORDER BY issued_at DESC LIMIT 1',
  );
  const removeClient = db.prepare('DELETE FROM certificate WHERE client_id = ?');
  const removeIssuer = db.prepare('DELETE FROM certificate WHERE issuer = ?');
  return {
    issued(client, { serial, issuer, notAfter }) {
      db.transaction(() => {
        removeClient.run(client);
        insert.run(serial, client, issuer, Math.floor(notAfter), Math.floor(clock.now()));
      })();
    },
    refusal({ name, serial, notAfter }) {
      if (clock.now() >= notAfter) return 'certificate-expired';
      return find.get(serial)?.client_id === name ? undefined : 'certificate-revoked';
    },
    revoke(client) {
      removeClient.run(client);
    },
    drop(issuer) {
      removeIssuer.run(issuer);
    },
    of(client) {
      const row = byClient.get(client);
      return row === undefined ? undefined : { serial: row.serial, notAfter: row.not_after };
    },
  };
}
