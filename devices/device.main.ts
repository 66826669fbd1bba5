import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { GatewayDevice } from '../contract/config.ts';
import { toInstant } from '../contract/time.ts';
import { systemClock, systemRandom } from '../platform/system.ts';
import { findBoards, LineNotOpen, WentAway } from './commissioning/find-boards.ts';
import type { FoundBoard } from './commissioning/find-boards.ts';
import { frameReport } from './commissioning/frame-words.ts';
import { newDefinition } from './commissioning/new-definition.ts';
import { serialPorts } from './commissioning/ports.ts';
import { progressFile } from './commissioning/progress-file.ts';
import type { ProgressFile } from './commissioning/progress-file.ts';
import type { Progress } from './commissioning/progress.rules.ts';
import { reportOf } from './commissioning/report.ts';
import { ratedLine, searchOf } from './commissioning/search-line.ts';
import { commission } from './commissioning/wizard.ts';
import type { Talk } from './commissioning/wizard.ts';
import { say } from './commissioning/words.ts';
import type { Language } from './commissioning/words.ts';
import { deviceEntry, NotWritten, writeDevice } from './commissioning/write-config.ts';
import { definitions } from './definitions/catalogue.ts';
import { bytesOf, explain } from './frames/explain.ts';
import { lineKey } from './gateway.config.ts';
import { createReopeningTransport } from './transports/reopening.ts';
import { serialPort } from './transports/serial.ts';
import { tcpPort } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';

/** `npm run device -- COMMAND`: the installer's tools. They need the line for themselves: stop the gateway first. */
const USAGE = `usage: npm run device -- ports
       npm run device -- find --port NAME | --tcp HOST:PORT [--lang zh|en]
       npm run device -- commission --port NAME | --tcp HOST:PORT [--config FILE] [--lang zh|en]
       npm run device -- frame HEX... [--lang zh|en]
       npm run device -- new NAME`;

/** Every protocol once: several models share one. */
const boardTables = [
  ...new Map(
    definitions.flatMap((each) =>
      each.kind === 'lock-board' ? [[each.frames.name, each.frames] as const] : [],
    ),
  ).values(),
];
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      tcp: { type: 'string' },
      config: { type: 'string' },
      lang: { type: 'string', default: 'zh' },
    },
  });
  const [command, name, ...rest] = positionals;
  const language: Language = values.lang === 'en' ? 'en' : 'zh';
  switch (command) {
    case 'ports':
      for (const { name: stable, port } of serialPorts())
        print(stable === port ? stable : `${stable} -> ${port}`);
      return 0;
    case 'new': {
      if (name === undefined) throw new Error(USAGE);
      for (const line of newDefinition(name)) print(line);
      return 0;
    }
    case 'frame': {
      const bytes = bytesOf([name ?? '', ...rest].join(' '));
      if (bytes === undefined) throw new Error(say(language, 'frameNotHex'));
      const explained = explain(boardTables, bytes);
      for (const line of frameReport(explained, bytes, language)) print(line);
      return explained.some((each) => 'frame' in each) ? 0 : 1;
    }
    case 'find':
    case 'commission': {
      const transport = transportOf(values.port, values.tcp);
      const found = await find(transport, language);
      if (found.length === 0) return 1;
      return command === 'find' ? 0 : await run(found, transport, values.config, language);
    }
    default:
      throw new Error(USAGE);
  }
}

function transportOf(port: string | undefined, tcp: string | undefined): GatewayDevice['transport'] {
  if (port !== undefined) return { kind: 'serial', path: port };
  const [, host, number] = /^(.+):(\d+)$/.exec(tcp ?? '') ?? [];
  if (host === undefined || number === undefined) throw new Error(USAGE);
  return { kind: 'tcp', host, port: Number(number) };
}

function open(transport: GatewayDevice['transport'], baudRate: number): Transport {
  const port =
    transport.kind === 'tcp'
      ? tcpPort(transport.host, transport.port)
      : serialPort(transport.kind === 'serial' ? transport.path : '', baudRate);
  return createReopeningTransport(port, systemClock, systemRandom);
}

async function find(transport: GatewayDevice['transport'], language: Language): Promise<FoundBoard[]> {
  print(say(language, 'searching'));
  let told = 0;
  try {
    const found = await findBoards({
      openLine: (baudRate) => open(transport, baudRate),
      ...searchOf(transport),
      clock: systemClock,
      progress: (done, total) => {
        if (done - told < 50 && done !== total) return;
        told = done;
        print(say(language, 'progress', { done, total }));
      },
    });
    if (found.length === 0) print(say(language, 'none'));
    for (const { definition, address, baudRate } of found)
      print(
        say(language, 'found', {
          model: `${definition.maker} ${definition.model} (${definition.id})`,
          address,
          locks: definition.capacity,
          rate: baudRate || definition.baudRate,
        }),
      );
    return found;
  } catch (error) {
    if (!(error instanceof LineNotOpen)) throw error;
    print(say(language, 'notOpen', { reason: error.message }));
    return [];
  }
}

async function run(
  found: readonly FoundBoard[],
  transport: GatewayDevice['transport'],
  file: string | undefined,
  language: Language,
): Promise<number> {
  const [first] = found;
  if (first === undefined) return 1;
  if (found.some((each) => each.definition !== first.definition)) {
    print(say(language, 'unsure'));
    return 1;
  }
  const line = lineKey(transport);
  const kept = file === undefined ? undefined : progressFile(file, line);
  const done = await commission({
    boards: found,
    line,
    transport: open(transport, first.baudRate),
    clock: systemClock,
    talk: talkTo(language),
    before: earlier(kept, language),
    keep: (progress) => {
      kept?.keep(progress);
    },
  });
  print(reportOf(done, language, toInstant(systemClock.now())));
  const entry = deviceEntry(done, ratedLine(transport, first));
  if (file === undefined) {
    print(say(language, 'noFile'));
    print(JSON.stringify(entry, null, 2));
    return 0;
  }
  try {
    print(say(language, 'written', { file, backup: writeDevice(file, entry) }));
    kept?.forget();
    return 0;
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    print(say(language, 'refusedFile', { reason: error.message }));
    print(JSON.stringify(entry, null, 2));
    return 1;
  }
}

/** What a stopped run kept for this line; a damaged file is said, put aside, and never believed [DV45]. */
function earlier(kept: ProgressFile | undefined, language: Language): Progress | undefined {
  if (kept === undefined) return undefined;
  const read = kept.read();
  if (read.kind === 'damaged') print(say(language, 'damaged', { reason: read.reason, file: read.as }));
  print(say(language, 'progressKept', { file: kept.file }));
  return read.kind === 'kept' ? read.progress : undefined;
}

function talkTo(language: Language): Talk {
  const lines = createInterface({ input: process.stdin });
  const typed: string[] = [];
  let ended = false;
  lines.on('line', (line) => {
    typed.push(line);
    lines.emit('typed');
  });
  lines.on('close', () => {
    ended = true;
    lines.emit('typed');
  });
  return {
    tell: (word, values) => {
      print(say(language, word, values));
    },
    ask: async (word, values) => {
      print(say(language, word, values));
      while (typed.length === 0) {
        if (ended) throw new WentAway();
        await once(lines, 'typed');
      }
      return typed.shift() ?? '';
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (code) => {
    process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
