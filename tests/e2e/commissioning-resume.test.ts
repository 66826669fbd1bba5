import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { progressFile } from '../../devices/commissioning/progress-file.ts';
import { createGatewayBench } from '../support/gateway-bench.ts';
import type { GatewayBench } from '../support/gateway-bench.ts';
import { device } from '../support/installer.ts';
import type { JsonProcess } from '../support/json-process.ts';

/** An installer whose laptop goes off in the middle, three times over. */

let bench: GatewayBench;
beforeEach(async () => {
  bench = await createGatewayBench();
});
afterEach(async () => {
  await bench.stop();
});

const pulses = (board: JsonProcess): unknown[] =>
  board.said.flatMap((said) => (said.report === 'pulse' ? [said.lock] : []));
const shut = (board: JsonProcess, lock: number): void => {
  board.tell({ do: 'close', board: 5, lock });
};

test('[DV45] killed after a proved door, the wizard goes on there; another board is noticed; a damaged file is put aside', async () => {
  const cable = await bench.cable('bank');
  let board = await bench.board('bank', {
    boards: [{ address: 5, model: 'cu48', closedBit: 0 }],
    reportQueries: false,
  });
  const file = join(bench.folder, 'gateway.json');
  const before = JSON.stringify({
    hall: 7,
    dataDir: join(bench.folder, 'data'),
    credentials: join(bench.folder, 'credentials.json'),
    mqtt: { port: bench.far.port },
    devices: [],
  });
  writeFileSync(file, before);
  const begin = () => device('commission', '--port', cable.a, '--config', file, '--lang', 'en');
  const kept = progressFile(file, `serial:${cable.a}`).file;

  const first = begin();
  await first.answer(/Id of the locker bank/, 'bank-9');
  await first.answer(/Doors wired to board 5/, '3');
  await first.answer(/First compartment number/, '11');
  await first.answer(/Doors in a column/, '3');
  await first.answer(/Shut every door/, '');
  await first.answer(/Open any one door/, '');
  await first.hears(/Waiting/);
  board.tell({ do: 'force-open', board: 5, lock: 2 });
  await first.hears(/board 5: 0 means closed/);
  shut(board, 2);
  await first.answer(/Door 11: Enter/, '');
  await first.hears(/Door 11 is open/);
  shut(board, 1);
  await first.hears(/Door 12: Enter/);
  first.kill();
  expect(await first.ended).not.toBe(0);
  expect(pulses(board)).toEqual([1]);
  expect(readFileSync(file, 'utf8')).toBe(before);

  // Gone on with: no number, switch or door is asked again; but the shut doors are looked at.
  const second = begin();
  await second.answer(/bank bank-9, 1 of 3 doors decided/, '');
  await second.answer(/Shut every door/, '');
  await second.answer(/Door 12: Enter/, '');
  await second.hears(/Door 12 is open/);
  shut(board, 2);
  await second.hears(/Door 13: Enter/);
  second.kill();
  await second.ended;
  expect(pulses(board)).toEqual([1, 2]);

  // A board of the same model and address with other switches stands there now.
  await board.stop('SIGKILL');
  board = await bench.board('bank', {
    boards: [{ address: 5, model: 'cu48', closedBit: 1 }],
    reportQueries: false,
  });
  const third = begin();
  await third.answer(/bank bank-9, 2 of 3 doors decided/, '');
  await third.answer(/Shut every door/, '');
  await third.hears(/locks 1, 2, 3 do not show what was noted/);
  await third.hears(/Shut every door/);
  third.kill();
  await third.ended;

  // Another address: the earlier progress does not fit.
  await board.stop('SIGKILL');
  board = await bench.board('bank', { boards: [{ address: 6, model: 'cu48' }], reportQueries: false });
  const fourth = begin();
  await fourth.hears(/they were kerong-cu48 5 \(19200\) and are kerong-cu48 6/);
  await fourth.answer(/begin anew/, '');
  await fourth.hears(/Id of the locker bank/);
  fourth.kill();
  await fourth.ended;

  writeFileSync(kept, readFileSync(kept, 'utf8').slice(0, 40));
  const fifth = begin();
  await fifth.hears(/cannot be read .*put aside as .*damaged.*configuration was not touched/);
  await fifth.answer(/Id of the locker bank/, '');
  await fifth.answer(/Doors wired to board 6/, '1');
  await fifth.answer(/First compartment number/, '');
  await fifth.answer(/Doors in a column/, '');
  await fifth.answer(/Shut every door/, '');
  await fifth.answer(/Open any one door/, 'y');
  await fifth.hears(/Waiting/);
  await fifth.hears(/board 6: 1 means closed|board 6: 0 means closed/);
  board.tell({ do: 'close', board: 6, lock: 1 });
  await fifth.answer(/Door 1: Enter/, 's');
  await fifth.hears(/Written to/);
  expect(await fifth.ended).toBe(0);
  expect(pulses(board)).toEqual([1]);
  expect(existsSync(kept)).toBe(false);
  expect(readFileSync(`${file}.bak`, 'utf8')).toBe(before);
}, 120_000);
