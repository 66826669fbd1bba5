import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Sabotage } from '../story/world.ts';

/** The story as anybody runs it, and with one part broken on purpose: it must notice, and name the step. */

const dir = mkdtempSync(join(tmpdir(), 'story-test-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const Story = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.string(), ok: z.boolean(), ms: z.number(), observed: z.unknown() })),
});

async function tell(args: readonly string[]): Promise<{ code: number | null; story: z.infer<typeof Story> }> {
  const file = join(dir, 'story.json');
  rmSync(file, { force: true });
  const main = join(import.meta.dirname, '../story/story.main.ts');
  const child = spawn(process.execPath, [main, '--json', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  try {
    return { code, story: Story.parse(JSON.parse(readFileSync(file, 'utf8'))) };
  } catch (error) {
    throw new Error(`the story left no figures; it said:\n${said}`, { cause: error });
  }
}

describe('the story', () => {
  it('is true: every step observed, exit 0', async () => {
    const { code, story } = await tell([]);
    expect(story.steps.filter((step) => !step.ok)).toEqual([]);
    expect(story.ok).toBe(true);
    expect(code).toBe(0);
  }, 600_000);

  const broken: readonly (readonly [Sabotage, RegExp])[] = [
    ['board', /^locker: /],
    ['gateway-line', /^locker: /],
    ['scanner', /serial scanner/],
    ['sensors', /presence, temperature/],
    ['cable', /internet is cut/],
  ];
  for (const [part, step] of broken)
    it(`is not true with ${part} broken: exit 1 and the step by name`, async () => {
      const { code, story } = await tell(['--sabotage', part]);
      expect(story.ok).toBe(false);
      expect(story.steps.at(-1)?.name).toMatch(step);
      expect(story.steps.at(-1)?.ok).toBe(false);
      expect(code).toBe(1);
    }, 240_000);
});
