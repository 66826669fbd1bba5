import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Configuration files: JSON, parsed by a strict schema, single values overridden by the environment. */

/** The configuration cannot be used; the message names the path and what to do. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

/**
 * Reads `file`, applies `PREFIX_A_B=value` from the environment and parses the result.
 * @param prefix e.g. `HALL`: `HALL_HTTP_PORT=0` sets `http.port`; `HALL_DATA_DIR` sets `dataDir`. Values are JSON where they parse as JSON, text otherwise.
 * @throws ConfigRefused for a missing file, broken JSON, or any value the schema refuses (path and nearest known key named).
 */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  file: string,
  prefix: string,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<S> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigRefused(`${file}: cannot be read (${messageOf(error)})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigRefused(`${file}: not JSON (${messageOf(error)})`);
  }
  return parseConfig(schema, value, { source: file, prefix, environment });
}

/** The same for a value already in memory. */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  value: unknown,
  from: {
    readonly source: string;
    readonly prefix: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): z.infer<S> {
  const shape = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as JsonSchema;
  const merged = override(value, shape, from.prefix, from.environment);
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${from.source}: ${sentenceOf(issue, shape)}`);
  throw new ConfigRefused(lines.join('\n'));
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function sentenceOf(issue: z.core.$ZodIssue, shape: JsonSchema): string {
  const at = issue.path.length === 0 ? '(top level)' : pathText(issue.path);
  if (issue.code !== 'unrecognized_keys') return `${at}: ${issue.message}`;
  const known = keysAt(shape, issue.path);
  return issue.keys
    .map((key) => {
      const nearest = nearestKey(key, known);
      const full = pathText([...issue.path, key]);
      return `${full}: unknown key${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
    })
    .join('; ');
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** Known keys at a path, over every variant of a union. */
function keysAt(shape: JsonSchema, path: readonly PropertyKey[]): string[] {
  return variantsAt([shape], path).flatMap((each) => Object.keys(each.properties ?? {}));
}

function variantsAt(shapes: readonly JsonSchema[], path: readonly PropertyKey[]): JsonSchema[] {
  const flat = shapes.flatMap(flatten);
  const [head, ...rest] = path;
  if (head === undefined) return flat;
  const next = flat.flatMap((each) => {
    const below = typeof head === 'number' ? each.items : each.properties?.[String(head)];
    return below === undefined ? [] : [below];
  });
  return next.length === 0 ? [] : variantsAt(next, rest);
}

function flatten(shape: JsonSchema): JsonSchema[] {
  return [shape, ...(shape.anyOf ?? []).flatMap(flatten), ...(shape.oneOf ?? []).flatMap(flatten)];
}

/** The known key with the smallest edit distance, when it is near enough to be a slip. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(key.toLowerCase(), name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  return best !== undefined && best.distance <= Math.max(2, Math.ceil(best.name.length / 2))
    ? best.name
    : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min(
          (next[j - 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Walks the schema so that `HALL_DATA_DIR` finds `dataDir`: words of a name are joined greedily against known keys. */
function override(
  value: unknown,
  shape: JsonSchema,
  prefix: string,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  let merged = value;
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !name.startsWith(`${prefix}_`)) continue;
    const path = pathOf(
      name
        .slice(prefix.length + 1)
        .toLowerCase()
        .split('_'),
      shape,
    );
    // Names that fit no key belong to somebody else (a shell, a service manager); only values we know are ours.
    if (path !== undefined) merged = withValue(merged, path, valueOf(text));
  }
  return merged;
}

function pathOf(words: readonly string[], shape: JsonSchema): string[] | undefined {
  if (words.length === 0) return [];
  for (let take = words.length; take > 0; take -= 1) {
    const wanted = words.slice(0, take).join('');
    for (const variant of flatten(shape)) {
      const entry = Object.entries(variant.properties ?? {}).find(([key]) => key.toLowerCase() === wanted);
      if (entry === undefined) continue;
      const rest = pathOf(words.slice(take), entry[1]);
      if (rest !== undefined) return [entry[0], ...rest];
    }
  }
  return undefined;
}

function withValue(base: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object =
    typeof base === 'object' && base !== null && !Array.isArray(base)
      ? (base as Record<string, unknown>)
      : {};
  return { ...object, [head]: withValue(object[head], rest, value) };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
