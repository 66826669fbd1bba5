import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HallConfig } from '../../contract/config.ts';
import { hallRoutes, LIVE_PATH, MQTT_PATH } from '../../contract/hall-api.ts';
import type { Health, HallRouteName } from '../../contract/hall-api.ts';
import { openApi } from '../../contract/http.ts';
import { allowedFor, hostAllowed, originAllowed } from '../../contract/http-guard.rules.ts';
import type { Allowed } from '../../contract/http-guard.rules.ts';
import { securityHeaders } from '../../contract/http-headers.ts';
import type { RouteSpec } from '../../contract/http.ts';
import type { Clock } from '../../contract/ports.ts';
import { accepted, refused, toProblem } from '../../contract/refusals.ts';
import type { Problem, Refusal, Result } from '../../contract/refusals.ts';
import type { Call, Caller, HallHandlers } from '../handlers.ts';
import type { Log } from '../ports.ts';
import { callerFor, claimsOf, fromLoopback, KIOSK_COOKIE, STAFF_COOKIE } from './http-identity.ts';
import type { Callers } from './http-identity.ts';
import { servePages } from './http-pages.ts';
import type { Pages } from './http-pages.ts';
import type { LiveHub } from './live.ts';
import type { HttpMetrics } from './metrics.ts';

/** Largest body of a request. */
export const BODY_LIMIT = 256 * 1024;
/** A staff cookie outlives no session; a kiosk's lasts until it is enrolled anew. */
const STAFF_COOKIE_SECONDS = 12 * 3600;
const KIOSK_COOKIE_SECONDS = 400 * 86_400;

type CookieRoute = 'enrolKiosk' | 'signIn' | 'signOut';
/** Every route but those that set a cookie: they are here. */
export type PlainHandlers = Omit<HallHandlers, CookieRoute>;

/** What sets and ends cookies. */
export interface SignIns extends Callers {
  enrolKiosk(code: string, from: string): Result<{ kiosk: string; token: string }>;
  signIn(
    name: string,
    password: string,
    from: string,
  ): Promise<Result<{ name: string; role: 'clerk' | 'manager'; token: string }>>;
  signOut(token: string): void;
}

export interface HttpParts {
  readonly config: HallConfig;
  readonly version: string;
  readonly handlers: PlainHandlers;
  readonly signIns: SignIns;
  readonly live: LiveHub;
  /** Takes over WebSockets that carry MQTT; undefined = another program's broker, and none are taken. */
  readonly mqtt?: { accept(request: IncomingMessage, socket: Duplex, head: Buffer): void } | undefined;
  readonly health: () => Health;
  readonly metrics: HttpMetrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly pages?: Pages;
  /** A kiosk was heard. */
  readonly onKioskSeen?: (kiosk: string) => void;
  /** Storage failed under a request: the process should be started anew. */
  readonly onStorageFailed?: (error: Error) => void;
  /** Tests: every answer is checked against its schema; a wrong one is a defect. */
  readonly checkAnswers?: boolean;
}

export interface HallHttp {
  readonly app: FastifyInstance;
  /** Binds; @returns the port in use. @throws when the port is taken. */
  listen(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Serves the hall API as its route table says: Host and Origin first, then identity by cookie, then the
 * schema of every part, then the handler. Refusals leave as problem details in both languages [HT1..HT10].
 * @throws when the configuration asks to bind outside loopback without TLS.
 */
export async function createHttp(parts: HttpParts): Promise<HallHttp> {
  const { config, log } = parts;
  const { tls } = config.http;
  if (tls === undefined && !['127.0.0.1', '::1', 'localhost'].includes(config.http.host)) {
    throw new Error(
      `http.host ${config.http.host}: outside loopback TLS is required; set http.tls.cert and http.tls.key`,
    );
  }
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    requestTimeout: 15_000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    ...(tls === undefined
      ? {}
      : { https: { cert: readFileSync(tls.cert), key: readFileSync(tls.key), minVersion: 'TLSv1.2' } }),
  }) as unknown as FastifyInstance;
  let allowed: Allowed = allowedFor({
    port: config.http.port,
    tls: tls !== undefined,
    extraHosts: config.http.hosts,
    extraOrigins: config.http.origins,
  });

  await app.register(cookie);
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    // The overload for strings: `parseAs` above.
    else void parseJson(request, body as string, done);
  });

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    if (!hostAllowed(allowed, request.headers.host)) {
      refuse(reply, refused('host-not-allowed').refusal);
      return;
    }
    if (
      !isRead(request.method) &&
      !originAllowed(allowed, request.headers.origin, header(request, 'sec-fetch-site'))
    ) {
      refuse(reply, refused('origin-not-allowed').refusal);
      return;
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    parts.metrics.observe(request.routeOptions.url ?? 'other', reply.statusCode, reply.elapsedTime);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = error instanceof Error ? error : new Error(String(error));
    const status =
      'statusCode' in problem && typeof problem.statusCode === 'number' ? problem.statusCode : 500;
    if (status >= 400 && status < 500) {
      send(reply, { ...toProblem(refused('bad-request').refusal, problem.message), status });
      return;
    }
    log.error(
      { route: request.routeOptions.url ?? 'other', error: problem.stack ?? problem.message },
      'a request ended in a defect',
    );
    if (problem.name === 'SqliteError') {
      refuse(reply, refused('storage-failed').refusal);
      parts.onStorageFailed?.(problem);
      return;
    }
    const unavailable = toProblem(refused('part-unavailable').refusal);
    send(reply, { ...unavailable, type: 'urn:union-hall:defect', status: 500, actor: 'developer' });
  });
  app.setNotFoundHandler((_request, reply) => {
    refuse(reply, refused('not-found').refusal);
  });

  const cookieHandlers = cookieRoutes(parts.signIns, tls !== undefined);
  for (const name of Object.keys(hallRoutes) as HallRouteName[]) {
    const route: RouteSpec = hallRoutes[name];
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const caller = callerFor(route.identity, claimsOf(request), parts.signIns);
        if (!caller.ok) return refuse(reply, caller.refusal);
        if (caller.value.kind === 'kiosk') parts.onKioskSeen?.(caller.value.id);
        const call = readCall(route, request, caller.value);
        if (!call.ok) return send(reply, toProblem({ code: 'bad-request' }, call.fault));
        const handler = (isCookieRoute(name)
          ? cookieHandlers(name, request, reply)
          : parts.handlers[name]) as unknown as (call: unknown) => Result<unknown> | Promise<Result<unknown>>;
        const result = await handler(call.value);
        if (!result.ok) return refuse(reply, result.refusal);
        if (parts.checkAnswers === true) route.answer.parse(JSON.parse(JSON.stringify(result.value)));
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(result.value));
      },
    });
  }

  const description = JSON.stringify(openApi('Union hall', parts.version, hallRoutes));
  app.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(description),
  );
  app.get('/healthz', (_request, reply) => {
    const health = parts.health();
    return reply
      .code(health.status === 'down' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send(health);
  });
  app.get('/metrics', async (request, reply) => {
    if (!fromLoopback(request.socket.remoteAddress)) return refuse(reply, refused('not-allowed').refusal);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await parts.metrics.text());
  });
  if (parts.pages !== undefined) await servePages(app, parts.pages);

  await app.ready();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {
      socket.destroy();
    });
    const refuseUpgrade = (refusal: Refusal): void => {
      const { status, title } = toProblem(refusal);
      socket.end(
        `HTTP/1.1 ${String(status)} ${title.replaceAll(/[^ -~]/g, '')}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    };
    const page = upgradeFrom(request, allowed);
    if (!page.ok) {
      refuseUpgrade(page.refusal);
      return;
    }
    if (page.value.pathname === MQTT_PATH && parts.mqtt !== undefined) {
      // Who it is, the pass in its CONNECT says [BR43].
      parts.mqtt.accept(request, socket, head);
      return;
    }
    const answer = liveCaller(page.value, request, parts.signIns, (text) => app.parseCookie(text));
    if (!answer.ok) {
      refuseUpgrade(answer.refusal);
      return;
    }
    const { caller, stillAllowed } = answer.value;
    if (caller.kind === 'kiosk') parts.onKioskSeen?.(caller.id);
    parts.live.accept(request, socket, head, caller, stillAllowed);
  });

  return {
    app,
    listen: async () => {
      await app.listen({ host: config.http.host, port: config.http.port });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.http.port;
      allowed = allowedFor({
        port,
        tls: tls !== undefined,
        extraHosts: config.http.hosts,
        extraOrigins: config.http.origins,
      });
      parts.live.start();
      return port;
    },
    close: async () => {
      parts.live.stop();
      await app.close();
    },
  };
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isCookieRoute(name: HallRouteName): name is CookieRoute {
  return name === 'enrolKiosk' || name === 'signIn' || name === 'signOut';
}

/** Routes that set or end a cookie; the token itself never enters a body. */
function cookieRoutes(signIns: SignIns, secure: boolean) {
  const options = { httpOnly: true, sameSite: 'strict', path: '/', secure } as const;
  const handlers = {
    enrolKiosk: (request: FastifyRequest, reply: FastifyReply) => (call: Call<'enrolKiosk'>) => {
      const result = signIns.enrolKiosk(call.body.code, request.socket.remoteAddress ?? '');
      if (!result.ok) return result;
      reply.setCookie(KIOSK_COOKIE, result.value.token, { ...options, maxAge: KIOSK_COOKIE_SECONDS });
      return accepted({ kiosk: result.value.kiosk });
    },
    signIn: (request: FastifyRequest, reply: FastifyReply) => async (call: Call<'signIn'>) => {
      const result = await signIns.signIn(
        call.body.name,
        call.body.password,
        request.socket.remoteAddress ?? '',
      );
      if (!result.ok) return result;
      // The session before, if any, ends: its token may be known to whoever sat here.
      const before = request.cookies[STAFF_COOKIE];
      if (before !== undefined) signIns.signOut(before);
      reply.setCookie(STAFF_COOKIE, result.value.token, { ...options, maxAge: STAFF_COOKIE_SECONDS });
      return accepted({ name: result.value.name, role: result.value.role });
    },
    signOut: (request: FastifyRequest, reply: FastifyReply) => () => {
      const token = request.cookies[STAFF_COOKIE];
      if (token !== undefined) signIns.signOut(token);
      reply.clearCookie(STAFF_COOKIE, options);
      return accepted({ ok: true as const });
    },
  };
  return (name: CookieRoute, request: FastifyRequest, reply: FastifyReply) => handlers[name](request, reply);
}

/** Params, query and body by their schemas; the first fault names its place. */
function readCall(
  route: RouteSpec,
  request: FastifyRequest,
  caller: Caller,
): { ok: true; value: unknown } | { ok: false; fault: string } {
  const call: Record<string, unknown> = { caller, params: undefined, query: undefined, body: undefined };
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part];
    if (schema === undefined) continue;
    const parsed = schema.safeParse(request[part]);
    if (!parsed.success) {
      const fault = parsed.error.issues
        .map((issue) => `${[part, ...issue.path.map(String)].join('.')}: ${issue.message}`)
        .join('; ');
      return { ok: false, fault };
    }
    call[part] = parsed.data;
  }
  return { ok: true, value: call };
}

/** [HT2] A WebSocket comes to us by our own name, from our own page. @returns the URL asked for. */
function upgradeFrom(request: IncomingMessage, allowed: Allowed): Result<URL> {
  if (!hostAllowed(allowed, request.headers.host)) return refused('host-not-allowed');
  const site = request.headers['sec-fetch-site'];
  if (!originAllowed(allowed, request.headers.origin, typeof site === 'string' ? site : undefined))
    return refused('origin-not-allowed');
  return accepted(new URL(request.url ?? '/', 'http://hall'));
}

/** [HT8] A live view has an identity. `?as=staff` chooses when a browser holds both cookies. */
function liveCaller(
  url: URL,
  request: IncomingMessage,
  callers: Callers,
  parseCookie: (text: string) => Record<string, string | undefined>,
): Result<{ caller: Caller; stillAllowed: () => boolean }> {
  if (url.pathname !== LIVE_PATH) return refused('not-found');
  const claims = {
    cookies: parseCookie(request.headers.cookie ?? ''),
    authorization: request.headers.authorization,
    referer: undefined,
    remoteAddress: request.socket.remoteAddress,
    // An open view is not a person at the desk: it does not keep a session alive.
    background: true,
  };
  const needed = url.searchParams.get('as') === 'staff' ? 'staff' : 'kiosk+staff';
  const caller = callerFor(needed, claims, callers);
  if (!caller.ok) return caller;
  return accepted({ caller: caller.value, stillAllowed: () => callerFor(needed, claims, callers).ok });
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return send(reply, toProblem(refusal));
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.code === 'too-many-tries' && typeof problem.params?.['minutes'] === 'number')
    reply.header('retry-after', String(problem.params['minutes'] * 60));
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
