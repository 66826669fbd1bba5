import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SyncConfig } from '../contract/config.ts';
import { SYNC_SOCKET } from '../contract/sync-link.ts';
import { loadConfig } from '../platform/config.ts';
import { refuseToStart, stopOnSignals } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { systemClock as clock, systemRandom as random } from '../platform/system.ts';
import { startSyncAgent, type SyncAgent } from './agent.ts';
import { fetchPort } from './http.ts';
import { linkToHall } from './linked-ports.ts';

/** `npm run sync -- --config FILE`: carries one hall's facts up and the feed down, beside the hall's process. Prints `{"ready":true}` when the hall is reached. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error('usage: npm run sync -- --config FILE');
  const config = loadConfig(SyncConfig, values.config, 'SYNC', process.env);
  const log = createLogger('sync');
  const running: { agent?: SyncAgent } = {};
  const link = linkToHall({
    path: join(config.dataDir, SYNC_SOCKET),
    hall: config.hall,
    clock,
    random,
    onNews: (news) => {
      if (news === 'facts') running.agent?.factsWaiting();
      else running.agent?.now();
    },
    onTrouble: (reason) => {
      log.warn(
        { reason, folder: config.dataDir },
        'the hall cannot be reached; is it running with "syncEmbedded": false?',
      );
    },
  });
  stopOnSignals(() => {
    running.agent?.stop();
    link.stop();
    return Promise.resolve(true);
  }, log);
  await link.ready;
  const { url, enrolCode, maxBackoffMs, waitSeconds, checksumEveryMs } = config.central;
  running.agent = startSyncAgent({
    hall: config.hall,
    url,
    ...(enrolCode === undefined ? {} : { enrolCode }),
    maxBackoffMs,
    waitSeconds,
    checksumEveryMs,
    outbox: link.outbox,
    inbox: link.inbox,
    report: link.report,
    identity: link.identity,
    clock,
    random,
    http: fetchPort,
    heardTime: link.heardTime,
  });
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
}

main().catch(refuseToStart);
