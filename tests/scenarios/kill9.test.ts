import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { sleep } from '../../contract/ports.ts';
import { toInstant } from '../../contract/time.ts';
import { openDatabase } from '../../hall/store/database.ts';
import { systemClock as clock, systemIds as ids } from '../../platform/system.ts';
import { createSeededRandom } from '../support/seeded.ts';

/**
 * The hall's process is killed at random moments, each time only after it has acknowledged something in
 * that life. This process plays the line to the lock board: what arrives here has physically opened a door.
 */

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? '20');
const SEED = Number(process.env['KILL_SEED'] ?? '20261124');
const PROGRAM = join(import.meta.dirname, '../support/kill9-hall.main.ts');

interface Life {
  readonly unlocked: string[];
  readonly acknowledged: {
    readonly kind: 'door' | 'check-in';
    readonly id: string;
    readonly lease: string | undefined;
  }[];
}

/** One life of the hall, from start to kill -9. */
async function live(file: string, random: ReturnType<typeof createSeededRandom>): Promise<Life> {
  const child = spawn(process.execPath, [PROGRAM, file], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // The child may be gone while an answer is on its way.
  child.stdin.on('error', (error) => (errors += error.message));
  const life: Life = { unlocked: [], acknowledged: [] };
  const tell = (line: object): void => void child.stdin.write(`${JSON.stringify(line)}\n`);
  const now = (): string => toInstant(clock.now());
  let armed = false;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (text) => {
    const line = JSON.parse(text) as {
      unlock?: string;
      query?: string;
      compartment?: number;
      ack?: 'door' | 'check-in';
      id?: string;
      lease?: string;
    };
    if (line.unlock !== undefined) {
      life.unlocked.push(line.unlock);
      const id = line.unlock;
      // Some answers never come, as on a bad line.
      if (random.fraction() < 0.1) return;
      clock.after(random.fraction() * 3, () => {
        tell({ event: { id: ids.uuid(), at: now(), kind: 'door-opened', compartment: line.compartment } });
        tell({ outcome: { id, outcome: 'done', at: now(), position: 'open' } });
        clock.after(1 + random.fraction() * 3, () =>
          tell({ event: { id: ids.uuid(), at: now(), kind: 'door-closed', compartment: line.compartment } }),
        );
      });
    }
    if (line.query !== undefined)
      tell({ outcome: { id: line.query, outcome: 'done', at: now(), position: 'closed' } });
    if (line.ack !== undefined && line.id !== undefined) {
      life.acknowledged.push({ kind: line.ack, id: line.id, lease: line.lease });
      if (armed) return;
      armed = true;
      clock.after(random.fraction() * 120, () => child.kill('SIGKILL'));
    }
  });
  const giveUp = clock.after(15_000, () => child.kill('SIGKILL'));
  // `close` comes after the last line was read.
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  giveUp();
  await sleep(clock, 0);
  expect(signal, errors).toBe('SIGKILL');
  expect(armed, `nothing was acknowledged: ${errors}`).toBe(true);
  return life;
}

describe('kill -9', () => {
  it(
    `[LK23] ${String(ROUNDS)} rounds: nothing acknowledged is lost, no door opens without a stored intent, none opens twice`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'kill9-'));
      const file = join(folder, 'hall.db');
      const random = createSeededRandom(SEED);
      const opened = new Set<string>();
      const intendedBefore = new Set<string>();
      let acknowledged = 0;
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          const life = await live(file, random);
          const where = `round ${String(round)}, seed ${String(SEED)}`;
          const db = openDatabase(file);
          const facts = db
            .prepare<[], { seq: number; type: string; body: string }>(
              'SELECT seq, type, body FROM outbox ORDER BY seq',
            )
            .all();
          const column = (sql: string): Set<unknown> => new Set(db.prepare(sql).pluck().all());
          const intents = new Set<string>();
          const arrivals = new Set<string>();
          for (const fact of facts) {
            const body = JSON.parse(fact.body) as { commandId?: string; checkInId?: string };
            if (fact.type === 'door.intended' && body.commandId !== undefined) intents.add(body.commandId);
            if (fact.type === 'check-in.recorded' && body.checkInId !== undefined)
              arrivals.add(body.checkInId);
          }
          const commands = column('SELECT command_id FROM door_command');
          const checkIns = column('SELECT id FROM check_in');
          const leases = column('SELECT ref FROM lease');
          expect(
            facts.map((fact) => fact.seq),
            where,
          ).toEqual(facts.map((_, index) => index + 1));
          for (const ack of life.acknowledged) {
            expect(
              (ack.kind === 'door' ? intents : arrivals).has(ack.id),
              `${where}: fact of ${ack.id}`,
            ).toBe(true);
            expect(
              (ack.kind === 'door' ? commands : checkIns).has(ack.id),
              `${where}: row of ${ack.id}`,
            ).toBe(true);
            if (ack.lease !== undefined)
              expect(leases.has(ack.lease), `${where}: lease ${ack.lease}`).toBe(true);
          }
          for (const id of life.unlocked) {
            expect(intents.has(id) && commands.has(id), `${where}: ${id} opened without an intent`).toBe(
              true,
            );
            expect(opened.has(id), `${where}: ${id} opened twice`).toBe(false);
            expect(intendedBefore.has(id), `${where}: ${id} opened in a later life`).toBe(false);
            opened.add(id);
          }
          for (const id of intents) intendedBefore.add(id);
          acknowledged += life.acknowledged.length;
          db.close();
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
      // The loop must have tested something: doors and arrivals in plenty.
      expect(opened.size).toBeGreaterThan(ROUNDS);
      expect(acknowledged).toBeGreaterThan(2 * ROUNDS);
      process.stdout.write(
        `kill -9: ${String(ROUNDS)} rounds, ${String(acknowledged)} acknowledged, ${String(opened.size)} doors opened\n`,
      );
    },
    20_000 + ROUNDS * 3_000,
  );
});
