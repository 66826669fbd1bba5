import WebSocket from 'ws';
import { LIVE_PATH, LiveMessage } from '../../contract/hall-api.ts';
import { sleep } from '../../contract/ports.ts';
import { systemClock } from '../../platform/system.ts';
import { expectOk } from '../../simulators/people/api-client.ts';
import type { KioskVisitor } from '../../simulators/people/visitor.ts';
import { benchMember, startBenchHall } from './bench-hall.ts';
import type { BenchHall } from './bench-hall.ts';
import { rawFsync, rawMqttRoundTrips } from './raw.ts';
import type { Bench } from './rows.ts';
import { percentile, rounded } from './rows.ts';

/**
 * From the last byte of a code leaving the scanner's serial port to the last byte of the unlock frame
 * seen at the lock board: gateway, broker, hall, live view, the page's answer, one durable commit,
 * broker, gateway, wire. Both ends tell the time on the machine's steady clock.
 */
export const scanToFrameBench: Bench = {
  names: ['scan-to-frame'],
  run: async ({ long, say }) => {
    const rounds = long ? 200 : 40;
    const hall = await startBenchHall(rounds);
    try {
      const fsync = rawFsync(hall.dir, 300);
      const mqtt = await rawMqttRoundTrips(500);
      const [kiosk] = hall.kiosks;
      if (kiosk === undefined) throw new Error('no kiosk');
      const page = await openPage(hall, kiosk);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        times.push(await oneRound(hall, kiosk, round));
        if ((round + 1) % 10 === 0) say(`scan-to-frame: ${String(round + 1)} of ${String(rounds)}`);
      }
      page.terminate();
      const p50 = percentile(times, 0.5);
      const p99 = percentile(times, 0.99);
      const peer50 = percentile(mqtt, 0.5) + percentile(fsync, 0.5);
      const peer99 = percentile(mqtt, 0.99) + percentile(fsync, 0.99);
      return [
        {
          name: 'scan-to-frame',
          unit: 'ms',
          value: rounded(p50),
          p50: rounded(p50),
          p99: rounded(p99),
          peer: 'raw MQTT round trip + fsync, p50',
          peerValue: rounded(peer50),
          ratio: rounded(p50 / peer50),
          target: 'p50 5 ms and p99 20 ms beyond the peer',
          note: `beyond the peer: p50 ${String(rounded(p50 - peer50))} ms, p99 ${String(rounded(p99 - peer99))} ms; ${String(rounds)} scans; 3.1 ms of it is the frame on the wire at 19200 baud`,
        },
      ];
    } finally {
      await hall.stop();
    }
  },
};

/** The kiosk's page: what the serial scanner read is answered at once by the act it stands for. */
async function openPage(hall: BenchHall, kiosk: KioskVisitor): Promise<WebSocket> {
  const socket = new WebSocket(hall.house.hallUrl.replace('http', 'ws') + LIVE_PATH, {
    headers: { cookie: kiosk.api.cookies(), origin: hall.house.hallUrl },
  });
  socket.on('message', (data: Buffer) => {
    const message = LiveMessage.parse(JSON.parse(data.toString('utf8')));
    if (message.type !== 'scan') return;
    void kiosk.api.call('actLocker', {
      body: { credential: { kind: 'qr', text: message.text }, act: 'open' },
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Rents on the spot, scans the slip (measured), and gives the compartment back. */
async function oneRound(hall: BenchHall, kiosk: KioskVisitor, round: number): Promise<number> {
  const { hardware } = hall.house;
  const rented = await expectOk(
    kiosk.api.call('rentLocker', {
      body: {
        holder: { kind: 'member', ...benchMember(round) },
        size: 'small',
        minutes: 120,
        termsAccepted: true,
      },
    }),
  );
  const { compartment } = rented.command;
  const bank = hardware.bank(compartment > 30 ? 'bank-b' : 'bank-a');
  const shut = async (): Promise<void> => {
    await bank.awaitOpen(compartment);
    // A person is slower than the board's polling.
    await sleep(systemClock, 150);
    bank.close(compartment);
    for (;;) {
      const { compartments } = await expectOk(kiosk.api.call('lockers', {}));
      if (compartments.find((each) => each.number === compartment)?.position === 'closed') return;
      await sleep(systemClock, 50);
    }
  };
  await kiosk.awaitDoor(rented.command.commandId, ['opened']);
  await shut();
  await kiosk.awaitDoor(rented.command.commandId, ['closed']);

  const frame = bank.nextUnlock(compartment);
  const sentAt = await hardware.scan(rented.qr);
  const seenAt = await frame;
  await shut();
  const finish = await expectOk(
    kiosk.api.call('actLocker', {
      body: { credential: { kind: 'typed', compartment, digits: rented.digits }, act: 'finish' },
    }),
  );
  await kiosk.awaitDoor(finish.command.commandId, ['opened']);
  await shut();
  await kiosk.awaitDoor(finish.command.commandId, ['closed']);
  return seenAt - sentAt;
}
