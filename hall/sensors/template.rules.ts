/**
 * The small part of Jinja that discovery payloads of sensors really use, as data and two functions. Pure.
 * `{{ value }}`, `{{ value_json.a['b'][0] }}`, filters int float round default is_defined lower upper,
 * comparisons, `X if test else Y`. What is not in here is not understood, and is never guessed [SE4].
 */

type Scalar = string | number | boolean;

export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar | null }
  | { readonly kind: 'value' }
  | { readonly kind: 'json'; readonly path: readonly (string | number)[] }
  | {
      readonly kind: 'filter';
      readonly name: Filter;
      readonly of: Expression;
      readonly args: readonly Scalar[];
    }
  | {
      readonly kind: 'compare';
      readonly op: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    };

/** Text around one or more `{{ }}`; one expression alone is the ordinary case. */
export type Template = readonly (string | Expression)[];

const FILTERS = { int: 1, float: 1, round: 1, default: 1, is_defined: 0, lower: 0, upper: 0 } as const;
type Filter = keyof typeof FILTERS;
const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
type Comparison = (typeof COMPARISONS)[number];

/** Longer ones are programs, not paths. */
const LONGEST = 500;
const DEEPEST = 16;

interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'sign';
  readonly text: string;
}

class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** @returns the template, or the piece that is not understood, for people to read. */
export function parseTemplate(
  text: string,
): { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly piece: string } {
  if (text.length > LONGEST) return { ok: false, piece: `${text.slice(0, 40)}…` };
  const parts: (string | Expression)[] = [];
  let rest = text.trim();
  try {
    while (rest !== '') {
      const from = rest.indexOf('{{');
      const before = from < 0 ? rest : rest.slice(0, from);
      if (/\{[%#]|\}\}/.test(before)) throw new NotUnderstood(before.trim());
      if (before !== '') parts.push(before);
      if (from < 0) break;
      const to = closing(rest, from + 2);
      parts.push(parseExpression(rest.slice(from + 2, to).replace(/^-|-$/g, '')));
      rest = rest.slice(to + 2);
    }
  } catch (error) {
    if (error instanceof NotUnderstood) return { ok: false, piece: error.message.slice(0, 80) };
    throw error;
  }
  return { ok: true, template: parts };
}

/** Where the braces close, outside quotes. */
function closing(text: string, from: number): number {
  let quote = '';
  for (let index = from; index < text.length; index += 1) {
    const sign = text[index] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === '}' && text[index + 1] === '}') return index;
  }
  throw new NotUnderstood(text.slice(from - 2));
}

const TOKEN = /\s*(?:([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|'([^'\\]*)'|"([^"\\]*)"|(==|!=|<=|>=|[<>.|()[\],-]))/y;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new NotUnderstood(text.slice(at).trim());
    const [, name, number, single, double, sign] = match;
    if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else found.push({ kind: 'string', text: single ?? double ?? '' });
  }
  return found;
}

function parseExpression(text: string): Expression {
  const list = tokens(text);
  let at = 0;
  const fail = (): never => {
    throw new NotUnderstood(text.trim() === '' ? '{{ }}' : text.trim());
  };
  const is = (kind: Token['kind'], wanted: string): boolean =>
    list[at]?.kind === kind && list[at]?.text === wanted;
  const take = (kind: Token['kind'], wanted: string): boolean => {
    if (!is(kind, wanted)) return false;
    at += 1;
    return true;
  };
  const next = (): Token => {
    const token = list[at] ?? fail();
    at += 1;
    return token;
  };
  const need = (sign: string): void => {
    if (!take('sign', sign)) fail();
  };

  const literal = (): Scalar | null | undefined => {
    const negative = is('sign', '-') && list[at + 1]?.kind === 'number';
    if (negative) at += 1;
    const token = list[at];
    if (token === undefined) return undefined;
    if (token.kind === 'number') {
      at += 1;
      return negative ? -Number(token.text) : Number(token.text);
    }
    if (token.kind === 'string') {
      at += 1;
      return token.text;
    }
    const word = token.kind === 'name' ? token.text : '';
    if (['true', 'True', 'false', 'False', 'none', 'None'].includes(word)) {
      at += 1;
      return word.toLowerCase() === 'none' ? null : word.toLowerCase() === 'true';
    }
    return undefined;
  };

  const path = (): (string | number)[] => {
    const steps: (string | number)[] = [];
    for (;;) {
      if (take('sign', '.')) {
        const step = next();
        if (step.kind !== 'name') fail();
        // A method of the value, e.g. `.get('x')`, is a program.
        if (is('sign', '(')) fail();
        steps.push(step.text);
      } else if (take('sign', '[')) {
        const step = next();
        if (step.kind === 'string') steps.push(step.text);
        else if (step.kind === 'number' && /^\d+$/.test(step.text)) steps.push(Number(step.text));
        else fail();
        need(']');
      } else return steps;
    }
  };

  const primary = (depth: number): Expression => {
    if (depth > DEEPEST) fail();
    const value = literal();
    if (value !== undefined) return { kind: 'literal', value };
    if (take('sign', '(')) {
      const inner = ternary(depth + 1);
      need(')');
      return inner;
    }
    if (take('name', 'value')) return { kind: 'value' };
    if (take('name', 'value_json')) return { kind: 'json', path: path() };
    return fail();
  };

  const filtered = (depth: number): Expression => {
    let of = primary(depth);
    while (take('sign', '|')) {
      if (depth > DEEPEST) fail();
      const name = next().text;
      if (!isFilter(name)) return fail();
      const args: Scalar[] = [];
      if (take('sign', '(') && !take('sign', ')')) {
        do {
          const arg = literal();
          if (arg === undefined || arg === null) fail();
          else args.push(arg);
        } while (take('sign', ','));
        need(')');
      }
      if (args.length > FILTERS[name]) fail();
      if (name === 'default' && args.length !== 1) fail();
      if (
        name === 'round' &&
        args.length === 1 &&
        !(Number.isInteger(args[0]) && Math.abs(Number(args[0])) <= 10)
      )
        fail();
      of = { kind: 'filter', name, of, args };
    }
    return of;
  };

  const compared = (depth: number): Expression => {
    const left = filtered(depth);
    const op = COMPARISONS.find((each) => is('sign', each));
    if (op === undefined) return left;
    at += 1;
    return { kind: 'compare', op, left, right: filtered(depth) };
  };

  const ternary = (depth: number): Expression => {
    if (depth > DEEPEST) fail();
    const then = compared(depth);
    if (!take('name', 'if')) return then;
    const test = compared(depth);
    if (!take('name', 'else')) fail();
    return { kind: 'if', test, then, otherwise: ternary(depth + 1) };
  };

  const whole = ternary(0);
  if (at !== list.length) fail();
  return whole;
}

function isFilter(name: string): name is Filter {
  return Object.hasOwn(FILTERS, name);
}

/** A payload as templates see it. `json` is undefined when the text is no JSON. */
export interface Payload {
  readonly text: string;
  readonly json: unknown;
}

export function payloadOf(text: string): Payload {
  try {
    return { text, json: JSON.parse(text) as unknown };
  } catch (_notJson) {
    return { text, json: undefined };
  }
}

/**
 * What a template makes of a payload: a scalar, or undefined when something it asks for is not there. A property that
 * is missing makes no value, also inside a test: a partial message must not read as "off" [SE5].
 */
export function evaluate(template: Template, payload: Payload): Scalar | undefined {
  const [only] = template;
  if (template.length === 1 && only !== undefined)
    return typeof only === 'string' ? only : valueOf(only, payload);
  let text = '';
  for (const part of template) {
    const value = typeof part === 'string' ? part : valueOf(part, payload);
    if (value === undefined) return undefined;
    text += rendered(value);
  }
  return text;
}

/** As Jinja prints it: a JSON true is `True`. */
export function rendered(value: Scalar): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** The property at a path, or undefined. Own properties only. */
export function at(json: unknown, path: readonly (string | number)[]): unknown {
  let value = json;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

function valueOf(expression: Expression, payload: Payload): Scalar | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value ?? undefined;
    case 'value':
      return payload.text;
    case 'json': {
      const value = at(payload.json, expression.path);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : undefined;
    }
    case 'filter':
      return filter(expression, payload);
    case 'compare': {
      const left = valueOf(expression.left, payload);
      const right = valueOf(expression.right, payload);
      return left === undefined || right === undefined ? undefined : compare(expression.op, left, right);
    }
    case 'if': {
      const test = valueOf(expression.test, payload);
      if (test === undefined) return undefined;
      const yes = test !== false && test !== 0 && test !== '';
      return valueOf(yes ? expression.then : expression.otherwise, payload);
    }
  }
}

function compare(op: Comparison, left: Scalar, right: Scalar): boolean | undefined {
  // Python: True == 1; text and number are never equal and cannot be ordered.
  const [a, b] = [left, right].map((each) => (typeof each === 'boolean' ? Number(each) : each));
  if (a === undefined || b === undefined) return undefined;
  if (op === '==') return a === b;
  if (op === '!=') return a !== b;
  if (typeof a !== typeof b) return undefined;
  switch (op) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function filter(expression: Extract<Expression, { kind: 'filter' }>, payload: Payload): Scalar | undefined {
  const value = valueOf(expression.of, payload);
  const [arg] = expression.args;
  switch (expression.name) {
    case 'is_defined':
      return value;
    case 'default':
      return value ?? arg;
    case 'lower':
      return value === undefined ? undefined : rendered(value).toLowerCase();
    case 'upper':
      return value === undefined ? undefined : rendered(value).toUpperCase();
    case 'int': {
      const number = numberOf(value);
      return number === undefined ? arg : Math.trunc(number);
    }
    case 'float':
      return numberOf(value) ?? arg;
    case 'round': {
      const number = numberOf(value);
      return number === undefined ? undefined : roundHalfEven(number, typeof arg === 'number' ? arg : 0);
    }
  }
}

/** A finite decimal number in a scalar; undefined for anything else. */
export function numberOf(value: Scalar | undefined): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return undefined;
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) ? undefined : number;
}

/** Python's round(): an exact half goes to the even neighbour. */
function roundHalfEven(value: number, digits: number): number {
  const scale = 10 ** digits;
  const scaled = value * scale;
  const floor = Math.floor(scaled);
  const part = scaled - floor;
  const rounded = part === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(scaled);
  const result = rounded / scale;
  return Number.isFinite(result) ? result : value;
}
