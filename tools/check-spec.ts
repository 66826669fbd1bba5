import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A numbered rule: `- **LK4** An open command past its expiry opens nothing.` in a SPEC.md. */
export interface SpecRule {
  readonly id: string;
  /** SPEC.md it stands in, relative to the root. */
  readonly file: string;
  readonly line: number;
}

/** A test title that cites a rule: `test('[LK4] ...')`. */
export interface SpecCitation {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

export interface SpecReport {
  readonly rules: readonly SpecRule[];
  readonly citations: readonly SpecCitation[];
  /** One sentence each; empty means that rules and tests agree. */
  readonly problems: readonly string[];
}

const ID = '[A-Z]{1,4}[0-9]{1,3}[a-z]?';
const RULE = new RegExp(`^\\s*[-*]\\s+\\*\\*(${ID})\\.?\\*\\*`);
/** The first argument of a call, a text that begins with one or more [ID]; the callee first, where it has a name. */
const TITLE = new RegExp(`([\\w.]*)\\(\\s*['"\`]((?:\\[${ID}\\]\\s*)+)`, 'g');
const SKIPPED = /\.(?:skip|todo|fixme)$/;

/**
 * Ties every SPEC.md under `root` to the tests: a rule without a test, a test citing no
 * rule and one number used twice are problems. A skipped test proves nothing and does not count.
 */
export function checkSpec(root: string): SpecReport {
  const rules = specFiles(root).flatMap((file) => readRules(root, file));
  const citations = testFiles(root).flatMap((file) => readCitations(root, file));
  const known = new Map<string, SpecRule>();
  const problems: string[] = [];
  for (const rule of rules) {
    const first = known.get(rule.id);
    if (first) problems.push(`${place(rule)}: ${rule.id} is already used at ${place(first)}`);
    else known.set(rule.id, rule);
  }
  const cited = new Set(citations.map((citation) => citation.id));
  for (const rule of known.values()) {
    if (!cited.has(rule.id)) problems.push(`${place(rule)}: rule ${rule.id} has no test`);
  }
  for (const citation of citations) {
    if (!known.has(citation.id)) problems.push(`${place(citation)}: no SPEC.md has a rule ${citation.id}`);
  }
  return { rules, citations, problems };
}

function place(at: { file: string; line: number }): string {
  return `${at.file}:${String(at.line)}`;
}

function specFiles(root: string): string[] {
  return globSync('{*/SPEC.md,*/*/SPEC.md,*/*/*/SPEC.md}', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist' || name === 'artifacts',
  }).sort();
}

function testFiles(root: string): string[] {
  if (!existsSync(join(root, 'tests'))) return [];
  return globSync('tests/**/*.{test,spec,suite}.{ts,tsx}', { cwd: root }).sort();
}

function readRules(root: string, file: string): SpecRule[] {
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const id = RULE.exec(text)?.[1];
      return id === undefined ? [] : [{ id, file, line: index + 1 }];
    });
}

function readCitations(root: string, file: string): SpecCitation[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: SpecCitation[] = [];
  for (const match of text.matchAll(TITLE)) {
    if (SKIPPED.test(match[1] ?? '')) continue;
    const line = text.slice(0, match.index).split('\n').length;
    for (const id of (match[2] ?? '').matchAll(new RegExp(ID, 'g'))) found.push({ id: id[0], file, line });
  }
  return found;
}
