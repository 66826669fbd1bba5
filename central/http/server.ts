import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { centralRoutes } from '../../contract/central-api.ts';
import type { CentralRouteName } from '../../contract/central-api.ts';
import type { CentralConfig } from '../../contract/config.ts';
import { allowedFor, hostAllowed, originAllowed } from '../../contract/http-guard.rules.ts';
import type { Allowed } from '../../contract/http-guard.rules.ts';
import { securityHeaders } from '../../contract/http-headers.ts';
import { openApi } from '../../contract/http.ts';
import type { RouteSpec } from '../../contract/http.ts';
import { accepted, refused, toProblem } from '../../contract/refusals.ts';
import type { Problem, Refusal, Result } from '../../contract/refusals.ts';
import type { Base } from '../base.ts';
import type { Halls } from '../halls/halls.service.ts';
import type { PhoneHandlers } from '../phone/phone.api.ts';
import { phoneDemo } from '../phone/phone.api.ts';
import type { From, PhoneCaller, PhoneSignIn } from '../phone/sign-in.service.ts';
import { SESSION_LIFE } from '../phone/sign-in.service.ts';
import type { FeedWish, SyncApi } from '../sync/sync.api.ts';
import type { FactsRequest } from '../../contract/facts.ts';
import { countTry } from '../phone/tries.ts';
import { createCentralMetrics } from './metrics.ts';
import { servePhonePage } from './phone-page.ts';
import { verifyRequest } from './signature.ts';

const unzip = promisify(gunzip);

/** Largest body of a hall's request as sent, and unpacked; of a phone's. */
const SYNC_BODY = 8 * 1024 * 1024;
const SYNC_BODY_UNPACKED = 32 * 1024 * 1024;
const PHONE_BODY = 16 * 1024;
export const PHONE_COOKIE = 'uh_member';
const ENROL_TRIES = { kind: 'enrol', count: 30, within: 15 * 60_000 };

export interface ServerParts {
  readonly base: Base;
  readonly config: Pick<CentralConfig, 'http' | 'demo'>;
  readonly version: string;
  readonly halls: Halls;
  readonly sync: SyncApi;
  readonly phone: PhoneHandlers;
  readonly signIn: PhoneSignIn;
  /** Folder of the built phone page. */
  readonly page?: string;
  /** Tests: every answer is checked against its schema; a wrong one is a defect. */
  readonly checkAnswers?: boolean;
}

export interface CentralHttp {
  readonly app: FastifyInstance;
  /** Binds; @returns the port in use. @throws when the port is taken. */
  listen(): Promise<number>;
  close(): Promise<void>;
}

/** Who asks: a hall by its signature, a member by cookie, or nobody in particular. */
interface Asker {
  readonly hall: number;
  readonly member: PhoneCaller | undefined;
}

interface Incoming {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Serves central's route table: Host and Origin first, then who asks (a hall by its signature, a member
 * by cookie), then the schema of every part, then the work. Refusals leave as problem details [CE2..CE9].
 * @throws when the configuration asks to bind outside loopback without TLS.
 */
export async function createCentralHttp(parts: ServerParts): Promise<CentralHttp> {
  const { config } = parts;
  const { clock, log } = parts.base;
  const { tls } = config.http;
  if (tls === undefined && !['127.0.0.1', '::1', 'localhost'].includes(config.http.host))
    throw new Error(
      `http.host ${config.http.host}: outside loopback TLS is required; set http.tls.cert and http.tls.key`,
    );
  const app = fastify({
    logger: false,
    bodyLimit: PHONE_BODY,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    ...(tls === undefined
      ? {}
      : { https: { cert: readFileSync(tls.cert), key: readFileSync(tls.key), minVersion: 'TLSv1.2' } }),
  }) as unknown as FastifyInstance;
  const allow = (port: number): Allowed =>
    allowedFor({
      port,
      tls: tls !== undefined,
      extraHosts: config.http.hosts,
      extraOrigins: config.http.origins,
    });
  let allowed = allow(config.http.port);
  const metrics = createCentralMetrics();

  await app.register(cookie);
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  // Kept as bytes: a hall's digest covers what was sent, compressed or not.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    // Halls prove themselves by signature or one-time code and come through whatever name or tunnel leads
    // here; the two rules below guard pages, whose cookies a foreign page could borrow.
    if (request.url.startsWith('/sync/v1/')) {
      done();
      return;
    }
    if (!hostAllowed(allowed, request.headers.host)) {
      refuse(reply, refused('host-not-allowed').refusal);
      return;
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const site = request.headers['sec-fetch-site'];
    if (
      !reads &&
      !originAllowed(allowed, request.headers.origin, typeof site === 'string' ? site : undefined)
    ) {
      refuse(reply, refused('origin-not-allowed').refusal);
      return;
    }
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request.routeOptions.url ?? 'other', reply.statusCode, reply.elapsedTime);
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
    const unavailable = toProblem(refused('part-unavailable').refusal);
    send(reply, { ...unavailable, type: 'urn:union-hall:defect', status: 500, actor: 'developer' });
  });
  app.setNotFoundHandler((_request, reply) => {
    refuse(reply, refused('not-found').refusal);
  });

  /** The body unpacked and parsed; undefined when there is none. */
  const bodyOf = async (request: FastifyRequest): Promise<unknown> => {
    const sent = bytesOf(request);
    if (sent.length === 0) return undefined;
    const packed = request.headers['content-encoding'] === 'gzip';
    const plain = packed ? await unzip(sent, { maxOutputLength: SYNC_BODY_UNPACKED }) : sent;
    return new Promise((resolve, reject) => {
      void parseJson(request, plain.toString('utf8'), (error, value) => {
        if (error === null) resolve(value);
        else reject(error);
      });
    });
  };

  /** [CE5] [CE6] [CE7] The hall that signed, when it asks for itself. */
  const hallOf = async (request: FastifyRequest): Promise<Result<number>> => {
    const signer = await verifyRequest(
      { method: request.method, url: request.url, headers: request.headers, body: bytesOf(request) },
      (keyId) => parts.halls.syncKey(keyId),
      clock.now(),
    );
    if (!signer.ok) return signer;
    const { hall, keyId, nonce, nonceUntil } = signer.value;
    const asked = hallNamed(request.params);
    if (asked !== hall) return refused('not-allowed');
    if (!(await parts.halls.takeNonce(keyId, nonce, nonceUntil))) return refused('nonce-used');
    await parts.halls.heardFrom(hall);
    return accepted(hall);
  };

  const askerOf = async (route: RouteSpec, request: FastifyRequest): Promise<Result<Asker>> => {
    switch (route.identity) {
      case 'hall': {
        const hall = await hallOf(request);
        return hall.ok ? accepted({ hall: hall.value, member: undefined }) : hall;
      }
      case 'member': {
        const member = await parts.signIn.callerOf(request.cookies[PHONE_COOKIE] ?? '');
        return member === undefined ? refused('not-signed-in') : accepted({ hall: 0, member });
      }
      case 'none':
        return accepted({ hall: 0, member: undefined });
      default:
        throw new Error(`central knows no ${route.identity}`);
    }
  };

  const cookieOptions = {
    httpOnly: true,
    sameSite: 'strict',
    path: '/phone',
    secure: tls !== undefined,
  } as const;
  const fromOf = (request: FastifyRequest): From => {
    const address = request.socket.remoteAddress ?? '';
    return { address, loopback: /^(127\.|::1$|::ffff:127\.)/.test(address) };
  };

  const answer = async (
    name: CentralRouteName,
    request: FastifyRequest,
    reply: FastifyReply,
    who: Asker,
    call: Incoming,
  ): Promise<Result<unknown>> => {
    const { hall } = who;
    switch (name) {
      case 'enrolHall': {
        const tries = await countTry(parts.base, ENROL_TRIES, fromOf(request).address);
        if (!tries.ok) return tries;
        const { code, publicKey } = call.body as { code: string; publicKey: string };
        return parts.halls.enrol(code, publicKey);
      }
      case 'feed': {
        const gone = new AbortController();
        const abort = (): void => {
          gone.abort();
        };
        request.raw.socket.once('close', abort);
        try {
          return await parts.sync.feed(hall, call.query as FeedWish, gone.signal);
        } finally {
          request.raw.socket.off('close', abort);
        }
      }
      case 'snapshot':
        return parts.sync.snapshot(hall);
      case 'facts':
        return parts.sync.facts(hall, call.body as FactsRequest);
      case 'checksums':
        return parts.sync.checksums(hall, (call.query as { at?: string }).at);
      case 'head':
        return parts.sync.head(hall);
      case 'syncSchema':
        return accepted(parts.sync.schemas);
      case 'requestCode':
        return parts.signIn.requestCode((call.body as { mobile: string }).mobile, fromOf(request));
      case 'signInPhone': {
        const { mobile, code } = call.body as { mobile: string; code: string };
        const made = await parts.signIn.signIn(mobile, code, fromOf(request));
        if (!made.ok) return made;
        // Whoever was signed in on this phone before is not any more.
        const before = request.cookies[PHONE_COOKIE];
        if (before !== undefined) await parts.signIn.signOut(before);
        reply.setCookie(PHONE_COOKIE, made.value.token, { ...cookieOptions, maxAge: SESSION_LIFE / 1000 });
        return accepted({ nameMasked: made.value.nameMasked });
      }
      case 'signOutPhone': {
        const token = request.cookies[PHONE_COOKIE];
        if (token !== undefined) await parts.signIn.signOut(token);
        reply.clearCookie(PHONE_COOKIE, cookieOptions);
        return accepted({ ok: true as const });
      }
      case 'phoneDemo':
        return phoneDemo(config.demo);
      default: {
        const handler = parts.phone[name] as unknown as (call: unknown) => Promise<Result<unknown>>;
        return handler({ ...call, caller: who.member });
      }
    }
  };

  for (const name of Object.keys(centralRoutes) as CentralRouteName[]) {
    const route: RouteSpec = centralRoutes[name];
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: route.path.startsWith('/sync/') ? SYNC_BODY : PHONE_BODY,
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const who = await askerOf(route, request);
        if (!who.ok) return refuse(reply, who.refusal);
        const call = readCall(route, {
          params: request.params,
          query: request.query,
          body: await bodyOf(request),
        });
        if (!call.ok) return send(reply, toProblem({ code: 'bad-request' }, call.fault));
        const result = await answer(name, request, reply, who.value, call.value);
        if (!result.ok) return refuse(reply, result.refusal);
        if (parts.checkAnswers === true) route.answer.parse(JSON.parse(JSON.stringify(result.value)));
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(result.value));
      },
    });
  }

  const description = JSON.stringify(openApi('Union hall: central', parts.version, centralRoutes));
  app.get('/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(description),
  );
  app.get('/healthz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    try {
      await parts.base.db.query('SELECT 1 AS up');
      return reply.send({ status: 'ok', version: parts.version, parts: { database: 'ok' } });
    } catch (error) {
      log.error(
        { error: error instanceof Error ? error.message : String(error) },
        'the database does not answer',
      );
      return reply.code(503).send({ status: 'down', version: parts.version, parts: { database: 'down' } });
    }
  });
  app.get('/metrics', async (request, reply) => {
    if (!fromOf(request).loopback) return refuse(reply, refused('not-allowed').refusal);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics.text());
  });
  if (parts.page !== undefined) await servePhonePage(app, parts.page);
  await app.ready();

  return {
    app,
    listen: async () => {
      await app.listen({ host: config.http.host, port: config.http.port });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.http.port;
      allowed = allow(port);
      return port;
    },
    close: () => app.close(),
  };
}

/** The hall named in the path. */
function hallNamed(params: unknown): number {
  return Number((params as { hall?: string }).hall);
}

function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** Params, query and body by their schemas; the first fault names its place. */
function readCall(
  route: RouteSpec,
  given: Incoming,
): { ok: true; value: Incoming } | { ok: false; fault: string } {
  const value: Record<'params' | 'query' | 'body', unknown> = {
    params: undefined,
    query: undefined,
    body: undefined,
  };
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part];
    if (schema === undefined) continue;
    const parsed = schema.safeParse(given[part]);
    if (!parsed.success)
      return {
        ok: false,
        fault: parsed.error.issues
          .map((issue) => `${[part, ...issue.path.map(String)].join('.')}: ${issue.message}`)
          .join('; '),
      };
    value[part] = parsed.data;
  }
  return { ok: true, value };
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
