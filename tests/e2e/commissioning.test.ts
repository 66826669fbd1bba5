import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGatewayBench } from '../support/gateway-bench.ts';
import type { GatewayBench } from '../support/gateway-bench.ts';
import { device } from '../support/installer.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** The installer's afternoon: the command-line wizard as a process, a simulated board as the other, a hand in between. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

const pulses = (board: JsonProcess): unknown[] =>
  board.said.flatMap((said) => (said.report === 'pulse' ? [said.lock] : []));
/** A hand shuts the door that stands open. */
const shut = (board: JsonProcess, lock: number): void => {
  board.tell({ do: 'close', board: 5, lock });
};

describe('npm run device -- commission', () => {
  test('[DV40] [DV41] [DV42] [DV43] finds an 8A board, learns its switches from one door, proves each, and what it wrote opens doors', async () => {
    const cable = await bench.cable('bank');
    // Wired the unusual way, one switch the other way round again, and two coils mixed up.
    const board = await bench.board('bank', {
      baudRate: 9_600,
      boards: [{ address: 5, model: '8a-12', closedBit: 0, reversed: [2], swapped: [[3, 4]] }],
      reportQueries: false,
    });
    const file = join(bench.folder, 'gateway.json');
    const credentials = join(bench.folder, 'credentials.json');
    const dataDir = join(bench.folder, 'data');
    writeFileSync(
      file,
      JSON.stringify({ hall: 7, dataDir, credentials, mqtt: { port: bench.far.port }, devices: [] }),
    );

    const wizard = device('commission', '--port', cable.a, '--config', file, '--lang', 'en');
    await wizard.hears(
      /Found: generic 8A lock board, 12-way \(board-8a-12\), address 5, 12 locks, 9600 baud/,
    );
    expect(pulses(board)).toEqual([]);
    await wizard.answer(/Id of the locker bank/, 'Bank A');
    await wizard.hears(/Only a-z/);
    await wizard.answer(/Id of the locker bank/, 'bank-7');
    await wizard.answer(/Doors wired to board 5/, '99');
    await wizard.hears(/number from 1 to 12/);
    await wizard.answer(/Doors wired to board 5/, '4');
    await wizard.answer(/First compartment number/, '21');
    await wizard.answer(/Doors in a column/, '2');
    await wizard.answer(/Shut every door/, '');
    await wizard.answer(/Open any one door/, '');
    await wizard.hears(/Waiting/);
    board.tell({ do: 'force-open', board: 5, lock: 1 });
    await wizard.hears(/board 5: 0 means closed/);
    await wizard.hears(/other way round; noted one by one: 2/);
    shut(board, 1);
    await wizard.answer(/Door 21: Enter/, '');
    await wizard.hears(/Door 21 is open/);
    shut(board, 1);
    await wizard.hears(/Door 21 works/);
    await wizard.answer(/Door 22: Enter/, '');
    await wizard.hears(/Door 22 is open/);
    shut(board, 2);
    // The coils of 23 and 24 are mixed up: said with both numbers, and not tried again by itself.
    await wizard.answer(/Door 23: Enter/, '');
    await wizard.answer(/Door 23 was commanded and door 24 opened/, 's');
    shut(board, 4);
    await wizard.answer(/Door 24: Enter/, 's');
    await wizard.hears(/Commissioning report/);
    expect(await wizard.ended).toBe(0);
    expect(wizard.said()).toMatch(
      /Door 23 \(board 5, lock 3\): faulty\nDoor 24 \(board 5, lock 4\): not proved/,
    );
    expect(pulses(board)).toEqual([1, 2, 4]);

    const written = JSON.parse(readFileSync(file, 'utf8')) as { devices: object[] };
    expect(written.devices).toMatchObject([
      {
        id: 'bank-7',
        definition: 'board-8a-12',
        closedBit: 0,
        compartments: [
          { number: 21, lock: 1, column: 1, row: 1 },
          { number: 22, lock: 2, closedBit: 1, column: 1, row: 2 },
          { number: 23, lock: 3, column: 2, row: 1 },
          { number: 24, lock: 4, column: 2, row: 2 },
        ],
      },
    ]);
    await bench.gateway(written.devices);
    const id = bench.far.command('bank-7', 'unlock', { compartment: 22 });
    expect((await bench.far.outcome(id)).outcome).toBe('done');
    expect(pulses(board)).toEqual([1, 2, 4, 2]);

    // The gateway has the line now: the wizard says who must act.
    const second = device('find', '--port', cable.a, '--lang', 'en');
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(/stop its gateway first/);
  }, 180_000);

  test('[DV40] an adapter that hears itself is no board, and an empty line is said with what to check', async () => {
    const cable = await bench.cable('bank');
    await bench.board('bank', {
      boards: [{ address: 99, model: '8a-24' }],
      echo: true,
      reportQueries: false,
      baudRate: 115_200,
    });
    const search = device('find', '--port', cable.a, '--lang', 'zh');
    await search.hears(/只问不开锁/);
    // Not waited for to its end: five rates take minutes. What was heard so far was echo, and no board is claimed.
    await search.hears(/50 \/ /);
    expect(search.said()).not.toContain('找到');
  }, 120_000);
});
