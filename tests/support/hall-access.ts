import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import {
  deriveKey,
  encodeGrant,
  encodeQr,
  movingSecret,
  movingTag,
  stepOf,
} from '../../contract/access-code.ts';
import type { Grant, Purpose } from '../../contract/access-code.ts';
import type { DoorPosition, Outcome } from '../../contract/messages.ts';
import { toInstant } from '../../contract/time.ts';
import { createAccessService } from '../../hall/access/access.service.ts';
import { createCheckInService } from '../../hall/activities/check-in.service.ts';
import { createLockersService } from '../../hall/lockers/lockers.service.ts';
import { makeHall } from './hall-context.ts';
import type { SentCommand } from './hall-context.ts';

/** An Ed25519 key pair from 32 fixed bytes: signatures are the same in every run. */
export function keyFromSeed(byte: number) {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const privateKey = createPrivateKey({
    key: Buffer.concat([prefix, Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64');
  return { spki, sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)) };
}

export const HALL_KEY = new Uint8Array(32).fill(7);
export const OLD_HALL_KEY = new Uint8Array(32).fill(6);
export const ALICE = {
  memberRef: 'aaaaaaaaaaaa',
  memberNumber: '100001',
  nameMasked: '王*',
  phoneLast4: '5678',
  blocked: false,
};
export const BOB = {
  memberRef: 'bbbbbbbbbbbb',
  memberNumber: '100002',
  nameMasked: '李*',
  phoneLast4: '4321',
  blocked: false,
};

let grants = 0;

/** The test hall with access, lockers and check-in running, a central that signs, a phone that draws QRs, and a lock board to play. */
export function makeAccessHall(options: Parameters<typeof makeHall>[0] & { readonly keys?: boolean } = {}) {
  const hall = makeHall(options);
  const central = keyFromSeed(0x11);
  const far = {
    validFrom: toInstant(hall.clock.now() - 40 * 86_400_000),
    validTo: toInstant(hall.clock.now() + 40 * 86_400_000),
  };
  hall.feed('key', { keyId: 1, publicKey: central.spki, ...far });
  if (options.keys !== false) {
    hall.feed('hall-key', { epoch: 1, key: Buffer.from(OLD_HALL_KEY).toString('base64'), ...far });
    hall.feed('hall-key', { epoch: 2, key: Buffer.from(HALL_KEY).toString('base64'), ...far });
  }
  hall.feed('member', ALICE);
  hall.feed('member', BOB);
  const calls: { kiosk: string; page: string; note: string }[] = [];
  const access = createAccessService(hall);
  const lockers = createLockersService(hall, access, (kiosk, page, note) => {
    calls.push({ kiosk, page, note });
    return {
      helpId: hall.ids.uuid(),
      state: 'called',
      takenBy: null,
      calledAt: toInstant(hall.clock.now()),
      waitMinutes: 2,
      phone: '',
    };
  });
  const checkIns = createCheckInService(hall, access);

  function grant(purpose: Purpose, target: number, wish: Partial<Grant> = {}): Grant {
    grants += 1;
    return {
      keyId: 1,
      hall: hall.config.hall,
      purpose,
      grantId: grants.toString(16).padStart(16, '0'),
      memberRef: ALICE.memberRef,
      target,
      notBefore: Math.floor(hall.clock.now() / 1000),
      minutes: 120,
      printed: false,
      ...wish,
    };
  }
  /** What the phone shows `secondsAgo` before now. */
  function qr(
    of: Grant,
    wish: { secondsAgo?: number; hallKey?: Uint8Array; signer?: (bytes: Uint8Array) => Uint8Array } = {},
  ): string {
    const signed = encodeGrant(of);
    const signature = (wish.signer ?? central.sign)(signed);
    if (of.printed) return encodeQr(signed, signature);
    const time = Math.floor(hall.clock.now() / 1000) - (wish.secondsAgo ?? 0);
    const secret = movingSecret(deriveKey(wish.hallKey ?? HALL_KEY, 'qr-moving'), of.grantId);
    return encodeQr(signed, signature, { time, tag: movingTag(secret, stepOf(time)) });
  }
  const last = (name: SentCommand['name'] = 'unlock'): SentCommand => {
    const found = hall.devices.sent.findLast((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name} was sent`);
    return found;
  };
  const at = (): string => toInstant(hall.clock.now());
  const outcome = (id: string, kind: Outcome['outcome'], rest: Partial<Outcome> = {}): void =>
    lockers.listener.onOutcome?.('locker-a', { id, outcome: kind, at: at(), ...rest });
  const door = (kind: 'door-opened' | 'door-closed' | 'door-forced', compartment: number): void =>
    lockers.listener.onEvent?.('locker-a', { id: hall.ids.uuid(), at: at(), kind, compartment });
  /** The board does what it was last told: the door opens. */
  const opens = (): void => {
    const command = last();
    door('door-opened', command.compartment);
    outcome(command.commandId, 'done', { position: 'open' });
  };
  const closes = (): void => door('door-closed', last().compartment);
  /** Answers the last question to the board. */
  const answers = (position: DoorPosition): void => outcome(last('query').commandId, 'done', { position });
  const unlocks = (): SentCommand[] => hall.devices.sent.filter((each) => each.name === 'unlock');

  return {
    hall,
    access,
    lockers,
    checkIns,
    calls,
    central,
    grant,
    qr,
    last,
    outcome,
    door,
    opens,
    closes,
    answers,
    unlocks,
  };
}

export type AccessHall = ReturnType<typeof makeAccessHall>;
