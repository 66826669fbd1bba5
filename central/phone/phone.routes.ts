import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { centralRoutes } from '../../contract/central-api.ts';
import type { RouteBody, RouteSpec } from '../../contract/http.ts';
import type { Result } from '../../contract/refusals.ts';
import { accepted, refused, toProblem } from '../../contract/refusals.ts';
import type { PhoneHandlers, PhoneRouteName } from './phone.api.ts';
import { phoneDemo } from './phone.api.ts';
import type { From, PhoneCaller, PhoneSignIn } from './sign-in.service.ts';
import { SESSION_LIFE } from './sign-in.service.ts';

export const PHONE_COOKIE = 'uh_member';

export interface PhoneRoutesParts {
  readonly handlers: PhoneHandlers;
  readonly signIn: PhoneSignIn;
  readonly demo: boolean;
  /** The server speaks TLS: the cookie never travels without it. */
  readonly secure: boolean;
  /** Every answer is checked against its schema; a wrong one is a defect. */
  readonly checkAnswers?: boolean;
}

type Body<N extends keyof typeof centralRoutes> = RouteBody<(typeof centralRoutes)[N]>;

/**
 * Registers every route under `/phone/api/` of the table: identity by cookie, then the schema of each part,
 * then the handler [PH12]. Host, Origin and the size of bodies are the server's own concern.
 */
export function registerPhoneRoutes(app: FastifyInstance, parts: PhoneRoutesParts): void {
  const { signIn, handlers } = parts;
  const cookie = (reply: FastifyReply, value: string, seconds: number): void => {
    reply.header(
      'set-cookie',
      `${PHONE_COOKIE}=${value}; Path=/phone; Max-Age=${String(seconds)}; HttpOnly; SameSite=Strict${parts.secure ? '; Secure' : ''}`,
    );
  };
  const open = {
    requestCode: ({ body }: { body: Body<'requestCode'> }, request: FastifyRequest) =>
      signIn.requestCode(body.mobile, fromOf(request)),
    signInPhone: async (
      { body }: { body: Body<'signInPhone'> },
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<Result<{ nameMasked: string }>> => {
      const result = await signIn.signIn(body.mobile, body.code, fromOf(request));
      if (!result.ok) return result;
      // The session before, if any, ends: its token may be known to whoever held this phone.
      const before = tokenOf(request);
      if (before !== undefined) await signIn.signOut(before);
      cookie(reply, result.value.token, SESSION_LIFE / 1000);
      return accepted({ nameMasked: result.value.nameMasked });
    },
    signOutPhone: async (_call: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const token = tokenOf(request);
      if (token !== undefined) await signIn.signOut(token);
      cookie(reply, '', 0);
      return accepted({ ok: true as const });
    },
    phoneDemo: () => phoneDemo(parts.demo),
  };

  for (const [name, route] of Object.entries(centralRoutes) as [string, RouteSpec][]) {
    if (!route.path.startsWith('/phone/api/')) continue;
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const token = tokenOf(request);
        const caller: PhoneCaller | undefined =
          route.identity === 'member' && token !== undefined ? await signIn.callerOf(token) : undefined;
        if (route.identity === 'member' && caller === undefined)
          return problem(reply, refused('not-signed-in'));
        const call = {
          params: route.params?.safeParse(request.params),
          query: route.query?.safeParse(request.query),
          body: route.body?.safeParse(request.body),
        };
        for (const [part, parsed] of Object.entries(call)) {
          const issue = parsed?.error?.issues[0];
          if (issue !== undefined)
            return problem(
              reply,
              refused('bad-request'),
              `${part} ${issue.path.join('.')}: ${issue.message}`,
            );
        }
        const run = (name in open
          ? open[name as keyof typeof open]
          : handlers[name as PhoneRouteName]) as unknown as (
          call: unknown,
          request: FastifyRequest,
          reply: FastifyReply,
        ) => Result<unknown> | Promise<Result<unknown>>;
        const result = await run(
          { params: call.params?.data, query: call.query?.data, body: call.body?.data, caller },
          request,
          reply,
        );
        if (!result.ok) return problem(reply, result);
        if (parts.checkAnswers === true) route.answer.parse(JSON.parse(JSON.stringify(result.value)));
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(result.value));
      },
    });
  }
}

function problem(
  reply: FastifyReply,
  { refusal }: Extract<Result<unknown>, { ok: false }>,
  detail?: string,
): FastifyReply {
  const body = toProblem(refusal, detail);
  return reply.code(body.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(body));
}

/** The member's token, unless the cookie came twice: nobody honest sends two. */
function tokenOf(request: FastifyRequest): string | undefined {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${PHONE_COOKIE}=`));
  const value = found[0]?.slice(PHONE_COOKIE.length + 1);
  return found.length === 1 && value !== '' ? value : undefined;
}

/** The connection's own peer; forwarding headers are anybody's words. */
function fromOf(request: FastifyRequest): From {
  const address = request.socket.remoteAddress ?? '';
  return { address, loopback: /^(127\.|::1$|::ffff:127\.)/.test(address) };
}
