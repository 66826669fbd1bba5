import { expectOk } from '../../../simulators/people/api-client.ts';
import { sleep } from '../../../contract/ports.ts';
import { systemClock } from '../../../platform/system.ts';
import { mustBe } from '../run.ts';
import type { Step } from '../run.ts';
import { until } from '../world.ts';
import type { World } from '../world.ts';
import { LI, pick } from './phone.steps.ts';

/** Point 4, with the internet cut: the codes were fetched before, the hall judges them alone. */
export const checkInSteps: readonly Step<World>[] = [
  {
    name: 'the internet is cut: the hall says so and goes on',
    run: async ({ cable, kiosk1, phones, sabotage }) => {
      await phones.zhang.refresh();
      await phones.li.refresh();
      if (sabotage !== 'cable') cable.cut('refuse');
      await until('the kiosk saying that it is offline', 20_000, async () => {
        const home = await expectOk(kiosk1.api.call('home', {}));
        return home.network === 'offline' ? true : undefined;
      });
      return { bytesBefore: cable.bytes() };
    },
  },
  {
    name: "check-in: the phone's moving QR read by the serial scanner",
    run: async ({ house, phones, kiosk1, heard, notes, sabotage }) => {
      if (sabotage === 'scanner') await house.hardware.unplugScanner();
      const text = phones.zhang.qr(phones.zhang.grant('check-in', Number(notes['session'])));
      const from = heard.length;
      await house.hardware.scan(text);
      const scan = await until('the scan at the kiosk page', 10_000, () =>
        heard.slice(from).find((message) => message.type === 'scan'),
      );
      mustBe('text that came through the serial line', scan.text, text);
      const answer = await expectOk(kiosk1.api.call('scan', { body: { text: scan.text, source: 'serial' } }));
      if (answer.purpose !== 'check-in') throw new Error(`the scan was taken for ${answer.purpose}`);
      mustBe('answer', answer.checkIn.kind, 'checked-in');
      if (answer.checkIn.kind !== 'checked-in') throw new Error('not checked in');
      const { nameMasked, seat, session, at } = answer.checkIn;
      if (!nameMasked.includes('*')) throw new Error(`the name is not masked: ${nameMasked}`);
      const way = await expectOk(kiosk1.api.call('route', { query: { to: session.unit, stepFree: 'true' } }));
      if (way.steps.length === 0) throw new Error(`no way to ${session.unit}`);
      return { nameMasked, seat, room: session.room, at, way: way.steps.length };
    },
  },
  {
    name: 'check-in: scanned again at the other kiosk, it says where and when',
    run: async ({ phones, kiosk2, notes }) => {
      // A fresh picture of the same code: the moving part must be a newer step than the last one used.
      const grant = phones.zhang.grant('check-in', Number(notes['session']));
      const answer = await until('a newer picture of the code being accepted', 40_000, async () => {
        const reply = await kiosk2.api.call('scan', {
          body: { text: phones.zhang.qr(grant), source: 'camera' },
        });
        if (reply.ok) return reply.value;
        mustBe('refusal while the picture is the same', reply.problem?.code, 'qr-replayed');
        await sleep(systemClock, 1000);
        return undefined;
      });
      if (answer.purpose !== 'check-in' || answer.checkIn.kind !== 'already')
        throw new Error(`wanted "already", saw ${JSON.stringify(answer)}`);
      mustBe('kiosk of the first check-in', answer.checkIn.kiosk, 'kiosk-1');
      return { at: answer.checkIn.at, kiosk: answer.checkIn.kioskName.zh };
    },
  },
  {
    name: 'check-in: typed, taken back within 10 s, and done again',
    run: async ({ kiosk2, notes }) => {
      const wish = {
        credential: { kind: 'member', ...pick(LI) },
        session: Number(notes['session']),
      } as const;
      const first = await expectOk(kiosk2.api.call('checkIn', { body: wish }));
      if (first.kind !== 'checked-in') throw new Error(`wanted checked-in, saw ${first.kind}`);
      await expectOk(kiosk2.api.call('undoCheckIn', { params: { id: first.checkInId } }));
      const second = await expectOk(kiosk2.api.call('checkIn', { body: wish }));
      if (second.kind !== 'checked-in') throw new Error(`after undo: wanted checked-in, saw ${second.kind}`);
      const wrong = await kiosk2.api.call('checkIn', {
        body: { credential: { kind: 'member', memberNumber: LI.memberNumber, phoneLast4: '9999' } },
      });
      mustBe('a wrong number is', wrong.ok, false);
      return { seat: second.seat, wrong: wrong.ok ? '' : wrong.problem?.code };
    },
  },
];
