import { z } from 'zod';
import { Problem } from './refusals.ts';

/** HTTP routes as data: the servers register them, the pages call them, OpenAPI is printed from them. */

/** Who may call. `kiosk+staff` accepts either. */
export type Identity = 'none' | 'kiosk' | 'staff' | 'kiosk+staff' | 'member' | 'hall';

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `{name}` parameters. */
  readonly path: string;
  readonly identity: Identity;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

export type RouteTable = Readonly<Record<string, RouteSpec>>;

type Inferred<S> = S extends z.ZodType ? z.infer<S> : undefined;
export type RouteParams<R extends RouteSpec> = Inferred<R['params']>;
export type RouteQuery<R extends RouteSpec> = Inferred<R['query']>;
export type RouteBody<R extends RouteSpec> = Inferred<R['body']>;
export type RouteAnswer<R extends RouteSpec> = z.infer<R['answer']>;

/** OpenAPI 3.1 document of a table. Every route may also answer with problem details. */
export function openApi(title: string, version: string, routes: RouteTable): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
    (paths[route.path] ??= {})[route.method.toLowerCase()] = {
      operationId: name,
      summary: route.summary,
      'x-identity': route.identity,
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(route.body === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
            },
          }),
      responses: {
        '200': {
          description: 'the answer',
          content: { 'application/json': { schema: schemaOf(route.answer, 'output') } },
        },
        default: {
          description: 'a refusal',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    paths,
    components: { schemas: { Problem: schemaOf(Problem, 'output') } },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): unknown[] {
  if (schema === undefined) return [];
  return Object.entries(schema.shape).map(([name, part]) => ({
    name,
    in: place,
    required: place === 'path' || !(part as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(part as z.ZodType, 'input'),
  }));
}
