import { constants } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Millis } from '../../contract/ports.ts';
import type { Admission } from '../admission.ts';
import { validity } from './x509.ts';
import type { PeerCertificate } from './certificates.ts';

/** Why a TLS connection ended before a byte of MQTT was read; also the label of its counter. */
export type TlsRefusal =
  | 'tls-plain-text'
  | 'tls-version'
  | 'tls-timeout'
  | 'tls-handshake'
  | 'certificate-expired'
  | 'certificate-unknown';

export interface TlsListener {
  readonly port: number;
  /** Uses new certificates for connections to come; those that are open stay. */
  use(material: TlsMaterial): void;
  /** Stops listening; open connections stay until they are closed. */
  close(): Promise<void>;
}

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/**
 * TLS 1.2 and 1.3, nothing before. A client may show a certificate of our authority and then needs no
 * password; a certificate of anybody else, or one that has ended, ends the connection.
 */
export async function listenTls(options: {
  readonly host: string;
  readonly port: number;
  readonly material: TlsMaterial;
  readonly handshakeTimeout: Millis;
  readonly admission: Pick<Admission, 'admit'>;
  readonly refused: (why: TlsRefusal, address: string) => void;
  readonly secured: (socket: TLSSocket, peer: PeerCertificate | undefined) => void;
}): Promise<TlsListener> {
  const context = ({ key, cert, ca }: TlsMaterial) => ({
    key,
    cert,
    ca,
    minVersion: 'TLSv1.2' as const,
    // No tickets: every connection shows its certificate anew, against the authorities of that moment.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  });
  const tls = createTlsServer({
    ...context(options.material),
    requestCert: true,
    // Decided below: a client without a certificate goes on to its password.
    rejectUnauthorized: false,
    handshakeTimeout: options.handshakeTimeout,
    noDelay: true,
  });
  tls.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    options.refused(refusalOf(error.code), socket.remoteAddress ?? '');
    socket.destroy();
  });
  tls.on('secureConnection', (socket) => {
    // aedes listens later; an error before that must not end the process.
    socket.on('error', () => undefined);
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) {
      options.secured(socket, undefined);
      return;
    }
    if (!socket.authorized) {
      const why = String(socket.authorizationError) === 'CERT_HAS_EXPIRED' ? 'expired' : 'unknown';
      options.refused(`certificate-${why}`, socket.remoteAddress ?? '');
      socket.destroy();
      return;
    }
    options.secured(socket, peerOf(certificate));
  });
  // Raw sockets are admitted first: caps and buckets hold before a handshake costs anything.
  const server = createTcpServer({ noDelay: true }, (socket) => {
    if (options.admission.admit(socket)) tls.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    use: (material) => {
      tls.setSecureContext(context(material));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The subject of our certificates is one common name; anything else is nobody's. */
function peerOf(certificate: X509Certificate): PeerCertificate {
  const name = /^CN=([^\n]*)$/.exec(certificate.subject)?.[1] ?? '';
  return { name, serial: certificate.serialNumber, notAfter: validity(certificate).to };
}

function refusalOf(code: string | undefined): TlsRefusal {
  switch (code) {
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_HTTP_REQUEST':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'tls-plain-text';
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
      return 'tls-version';
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return 'tls-timeout';
    default:
      return 'tls-handshake';
  }
}
