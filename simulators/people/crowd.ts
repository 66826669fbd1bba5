import type { Clock, Millis } from '../../contract/ports.ts';
import { sleep } from '../../contract/ports.ts';
import type { ApiReply } from './api-client.ts';
import type { PersonPlan } from './crowd.rules.ts';
import { planCrowd } from './crowd.rules.ts';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { KioskVisitor } from './visitor.ts';

const MINUTE = 60_000;

/** One thing a person did and what came of it: `ok`, the word of the answer, a refusal's code, `no-answer` or `broken`. */
export interface CrowdReport {
  readonly person: string;
  readonly step: string;
  readonly outcome: string;
  readonly ms: Millis;
}

export interface CrowdOptions {
  readonly centralUrl: string;
  readonly kiosks: readonly KioskVisitor[];
  /** Whose phones; each number is one person. */
  readonly mobiles: readonly string[];
  readonly duration: Millis;
  readonly clock: Clock;
  readonly fraction: () => number;
  /** Requests under way at the same time, all people together. */
  readonly atOnce: number;
  readonly report: (report: CrowdReport) => void;
  /** Pushes a simulated door shut; without it the doors must shut by themselves. */
  readonly closeDoor?: (compartment: number) => void;
}

/** Counts by `step outcome`. */
export type CrowdTotals = Readonly<Record<string, number>>;

interface Crowd extends CrowdOptions {
  readonly startedAt: Millis;
  /** One request, in its turn, timed and reported. Undefined when it was refused or did not arrive. */
  ask<T>(
    person: string,
    step: string,
    run: () => Promise<ApiReply<T>>,
    word?: (value: T) => string,
    refused?: (code: string) => void,
  ): Promise<T | undefined>;
  say(person: string, step: string, outcome: string): void;
}

/**
 * People with phones who register, come, check in, rent, forget and return late, against a running
 * hall and central. Refusals are ordinary; nobody's trouble stops the others.
 */
export async function runCrowd(options: CrowdOptions): Promise<CrowdTotals> {
  const totals: Record<string, number> = {};
  const { clock } = options;
  const turn = createTurns(options.atOnce);
  const tell = (report: CrowdReport): void => {
    const key = `${report.step} ${report.outcome}`;
    totals[key] = (totals[key] ?? 0) + 1;
    options.report(report);
  };
  const crowd: Crowd = {
    ...options,
    startedAt: clock.monotonic(),
    say: (person, step, outcome) => {
      tell({ person, step, outcome, ms: 0 });
    },
    ask: (person, step, run, word, refused) =>
      turn(async () => {
        const from = clock.monotonic();
        const done = (outcome: string): void => {
          tell({ person, step, outcome, ms: Math.round(clock.monotonic() - from) });
        };
        try {
          const reply = await run();
          if (reply.ok) {
            done(word?.(reply.value) ?? 'ok');
            return reply.value;
          }
          const code = reply.problem?.code ?? `status-${String(reply.status)}`;
          done(code);
          refused?.(code);
        } catch (error) {
          // fetch throws a TypeError when the network is cut; anything else is an answer that does not fit.
          done(error instanceof TypeError ? 'no-answer' : 'broken');
        }
        return undefined;
      }),
  };
  const plans = planCrowd(options.mobiles, options.kiosks.length, options.duration, options.fraction);
  await Promise.all(plans.map((plan) => live(crowd, plan)));
  return totals;
}

async function live(crowd: Crowd, plan: PersonPlan): Promise<void> {
  const phone = createPhone(crowd.centralUrl, crowd.clock);
  const session = await atHome(crowd, plan, phone);
  await until(crowd, plan.comesAfter);
  if (plan.forgetsToCome) {
    crowd.say(plan.mobile, 'come', 'forgot');
    return;
  }
  const kiosk = crowd.kiosks[plan.kiosk];
  if (kiosk === undefined || phone.kept() === undefined) return;
  if (session !== undefined) await checkIn(crowd, plan, phone, kiosk, session);
  if (plan.rents !== 'no') await useLocker(crowd, plan, phone, kiosk);
}

/** With the phone, online: a place, perhaps a court and a compartment. Gives the session to check in to. */
async function atHome(crowd: Crowd, plan: PersonPlan, phone: Phone): Promise<number | undefined> {
  const { mobile } = plan;
  const { api } = phone;
  const code = await crowd.ask(mobile, 'code', () => api.call('requestCode', { body: { mobile } }));
  if (code?.demoCode === null || code === undefined) return undefined;
  const signedIn = { mobile, code: code.demoCode };
  if ((await crowd.ask(mobile, 'sign-in', () => api.call('signInPhone', { body: signedIn }))) === undefined)
    return undefined;
  const view = await crowd.ask(mobile, 'look', () => phone.look());
  if (view === undefined) return undefined;
  const now = crowd.clock.now();
  const open = view.sessions.find(
    ({ session, left, state }) =>
      !session.cancelled &&
      (left > 0 || state === 'registered') &&
      Date.parse(session.startsAt) - session.checkInBefore * MINUTE <= now &&
      Date.parse(session.startsAt) + session.checkInAfter * MINUTE >= now + crowd.duration,
  );
  if (open?.state === 'none' || open?.state === 'cancelled')
    await crowd.ask(
      mobile,
      'register',
      () => api.call('register', { params: { number: open.session.number } }),
      (answer) => answer.state,
    );
  if (plan.books) {
    const resource = view.resources[Math.floor(crowd.fraction() * view.resources.length)];
    if (resource !== undefined) await book(crowd, plan, phone, resource.number, view.hall.timeZone);
  }
  if (plan.rents === 'on-the-phone')
    await crowd.ask(mobile, 'rent-on-phone', () =>
      api.call('rentPhone', { body: { size: 'small', minutes: 120 } }),
    );
  await crowd.ask(mobile, 'look', () => phone.look());
  return open?.session.number;
}

async function book(
  crowd: Crowd,
  plan: PersonPlan,
  phone: Phone,
  number: number,
  timeZone: string,
): Promise<void> {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(
    crowd.clock.now() + 24 * 60 * MINUTE,
  );
  const found = await crowd.ask(plan.mobile, 'day', () =>
    phone.api.call('phoneDay', { params: { number, day } }),
  );
  const slot = found?.slots.find((each) => each.state === 'free');
  if (slot === undefined) return;
  const wish = { resource: number, startsAt: slot.startsAt, endsAt: slot.endsAt };
  await crowd.ask(plan.mobile, 'book', () => phone.api.call('bookPhone', { body: wish }));
}

async function checkIn(
  crowd: Crowd,
  plan: PersonPlan,
  phone: Phone,
  kiosk: KioskVisitor,
  session: number,
): Promise<void> {
  const { mobile } = plan;
  const view = phone.view();
  const grant = view.grants.find((each) => each.purpose === 'check-in' && each.target === session);
  const scan = (step: string, text: string) =>
    crowd.ask(
      mobile,
      step,
      () => kiosk.api.call('scan', { body: { text, source: 'camera' } }),
      (answer) => (answer.purpose === 'check-in' ? answer.checkIn.kind : answer.purpose),
    );
  const { memberNumber, phoneLast4 } = view.member;
  const typed = () =>
    crowd.ask(
      mobile,
      'check-in-typed',
      () =>
        kiosk.api.call('checkIn', {
          body: { credential: { kind: 'member', memberNumber, phoneLast4 }, session },
        }),
      (answer) => answer.kind,
    );
  if (grant !== undefined && plan.showsOldPicture)
    await scan('check-in-old-picture', phone.qr(grant, crowd.clock.now() - 3 * MINUTE));
  if (grant !== undefined && plan.shows === 'qr') await scan('check-in-qr', phone.qr(grant));
  else await typed();
  if (plan.asksTwice) await typed();
}

async function useLocker(crowd: Crowd, plan: PersonPlan, phone: Phone, kiosk: KioskVisitor): Promise<void> {
  const { mobile } = plan;
  const key =
    plan.rents === 'at-the-kiosk'
      ? await rentHere(crowd, plan, phone, kiosk)
      : await openRented(crowd, plan, phone, kiosk);
  if (key === undefined) return;
  await sleep(crowd.clock, plan.returns === 'late' ? plan.stays * 2 : plan.stays);
  if (plan.returns === 'never') {
    crowd.say(mobile, 'return', 'forgot');
    return;
  }
  const ended = await again(crowd, mobile, `return-${plan.returns}`, () =>
    kiosk.api.call('actLocker', { body: { credential: { kind: 'typed', ...key }, act: 'finish' } }),
  );
  if (ended !== undefined) await shut(crowd, plan, kiosk, ended.command);
}

interface Key {
  readonly compartment: number;
  readonly digits: string;
}

async function rentHere(
  crowd: Crowd,
  plan: PersonPlan,
  phone: Phone,
  kiosk: KioskVisitor,
): Promise<Key | undefined> {
  const { memberNumber, phoneLast4 } = phone.view().member;
  const rented = await again(crowd, plan.mobile, 'rent-here', () =>
    kiosk.api.call('rentLocker', {
      body: {
        holder: { kind: 'member', memberNumber, phoneLast4 },
        size: 'small',
        minutes: 120,
        termsAccepted: true,
      },
    }),
  );
  if (rented === undefined) return undefined;
  await shut(crowd, plan, kiosk, rented.command);
  return { compartment: rented.command.compartment, digits: rented.digits };
}

async function openRented(
  crowd: Crowd,
  plan: PersonPlan,
  phone: Phone,
  kiosk: KioskVisitor,
): Promise<Key | undefined> {
  const lease = phone.view().leases.find((each) => each.state === 'made' || each.state === 'active');
  const grant = phone.view().grants.find((each) => each.grantId === lease?.grantId);
  if (lease === undefined || grant === undefined) return undefined;
  const opened = await again(crowd, plan.mobile, 'open-with-qr', () =>
    kiosk.api.call('actLocker', {
      body: { credential: { kind: 'qr', text: phone.qr(grant) }, act: 'open' },
    }),
  );
  if (opened === undefined) return undefined;
  await shut(crowd, plan, kiosk, opened.command);
  return { compartment: lease.compartment, digits: lease.digits };
}

/** One door moves at a time: whoever meets `door-busy` waits and presses again, a few times. Other refusals stand. */
async function again<T>(
  crowd: Crowd,
  person: string,
  step: string,
  run: () => Promise<ApiReply<T>>,
): Promise<T | undefined> {
  for (let round = 0; round < 8; round += 1) {
    const codes: string[] = [];
    const answer = await crowd.ask(person, step, run, undefined, (code) => codes.push(code));
    if (answer !== undefined || codes[0] !== 'door-busy') return answer;
    await sleep(crowd.clock, 500 + Math.round(1000 * crowd.fraction()));
  }
  return undefined;
}

async function shut(
  crowd: Crowd,
  plan: PersonPlan,
  kiosk: KioskVisitor,
  command: { readonly commandId: string; readonly compartment: number },
): Promise<void> {
  try {
    const opened = await kiosk.awaitDoor(command.commandId, [
      'opened',
      'closed',
      'failed',
      'unknown',
      'refused',
    ]);
    crowd.closeDoor?.(command.compartment);
    const end = opened.state === 'opened' ? await kiosk.awaitDoor(command.commandId, ['closed']) : opened;
    crowd.say(plan.mobile, 'door', end.state);
  } catch (error) {
    crowd.say(plan.mobile, 'door', error instanceof TypeError ? 'no-answer' : 'left-open');
  }
}

async function until(crowd: Crowd, after: Millis): Promise<void> {
  await sleep(crowd.clock, Math.max(0, crowd.startedAt + after - crowd.clock.monotonic()));
}

/** At most `limit` at once; the rest wait in line. */
function createTurns(limit: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running >= limit)
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
