import type { FastifyRequest } from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import type { Identity } from '../../contract/http.ts';
import { accepted, refused } from '../../contract/refusals.ts';
import type { Result } from '../../contract/refusals.ts';
import type { Caller } from '../handlers.ts';

export const KIOSK_COOKIE = 'kiosk';
export const STAFF_COOKIE = 'staff';

/** What the adapter needs to know who calls. */
export interface Callers {
  kioskOf(token: string): string | undefined;
  staffOf(token: string, use?: 'used' | 'looked'): { name: string; role: 'clerk' | 'manager' } | undefined;
  /** Secret of local programs (`<dataDir>/service-token`), with the rights of a manager, from loopback only. */
  readonly serviceToken: string;
}

export interface Claims {
  readonly cookies: Readonly<Record<string, string | undefined>>;
  readonly authorization: string | undefined;
  readonly referer: string | undefined;
  readonly remoteAddress: string | undefined;
  /** The page looks by itself; nobody touched it (`x-background: 1`). */
  readonly background: boolean;
}

export function claimsOf(request: FastifyRequest): Claims {
  return {
    cookies: request.cookies,
    authorization: request.headers.authorization,
    referer: request.headers.referer,
    remoteAddress: request.socket.remoteAddress,
    background: request.headers['x-background'] === '1',
  };
}

/**
 * Who calls, by cookie or service token only [ID2]: nothing in path, query or body can name a kiosk or a member of staff.
 * Where either may call and a browser holds both cookies, the page it calls from decides.
 */
export function callerFor(needed: Identity, claims: Claims, callers: Callers): Result<Caller> {
  const kiosk = (): Caller | undefined => {
    const token = claims.cookies[KIOSK_COOKIE];
    const id = token === undefined ? undefined : callers.kioskOf(token);
    return id === undefined ? undefined : { kind: 'kiosk', id };
  };
  const staff = (): Caller | undefined => {
    if (isService(claims, callers.serviceToken)) return { kind: 'staff', name: 'service', role: 'manager' };
    const token = claims.cookies[STAFF_COOKIE];
    const found =
      token === undefined ? undefined : callers.staffOf(token, claims.background ? 'looked' : 'used');
    return found === undefined ? undefined : { kind: 'staff', ...found };
  };
  const either = (first: () => Caller | undefined, other: () => Caller | undefined): Result<Caller> => {
    const found = first();
    if (found !== undefined) return accepted(found);
    return refused(other() === undefined ? 'not-signed-in' : 'not-allowed');
  };
  switch (needed) {
    case 'none':
      return accepted({ kind: 'none' });
    case 'kiosk':
      return either(kiosk, staff);
    case 'staff':
      return either(staff, kiosk);
    case 'kiosk+staff': {
      const found = fromConsole(claims.referer) ? (staff() ?? kiosk()) : (kiosk() ?? staff());
      return found === undefined ? refused('not-signed-in') : accepted(found);
    }
    case 'member':
    case 'hall':
      return refused('not-allowed');
  }
}

/** 127.0.0.0/8 and ::1, also as an IPv4 address in IPv6 form. */
export function fromLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

function fromConsole(referer: string | undefined): boolean {
  return referer !== undefined && URL.canParse(referer) && new URL(referer).pathname.startsWith('/console/');
}

function isService(claims: Claims, secret: string): boolean {
  const given = /^Bearer (\S+)$/.exec(claims.authorization ?? '')?.[1];
  if (given === undefined || secret === '' || !fromLoopback(claims.remoteAddress)) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
