import type { Words } from '../../contract/ids.ts';

/**
 * Who wins when two facts cannot both stand: a table a record type, first match wins.
 * Never by wall clock, never by number of edits. Rule numbers are those of central/SPEC.md.
 */

export interface BookingClaim {
  readonly origin: 'central' | 'hall';
  /** The person is there. */
  readonly checkedIn: boolean;
  /** Made at central while the hall was known to be dark. */
  readonly madeInDark: boolean;
}

export type RuleNumber = 'CR1' | 'CR2' | 'CR3' | 'CR4';

export interface BookingRule {
  readonly rule: RuleNumber;
  readonly why: string;
  /** `standing` holds the slot at central; `coming` arrives as a fact from the hall. */
  readonly when: (standing: BookingClaim, coming: BookingClaim) => boolean;
  readonly winner: 'standing' | 'coming';
}

export const bookingRules: readonly BookingRule[] = [
  {
    rule: 'CR1',
    why: 'who is there beats who is absent',
    when: (standing, coming) => standing.checkedIn && !coming.checkedIn,
    winner: 'standing',
  },
  {
    rule: 'CR1',
    why: 'who is there beats who is absent',
    when: (standing, coming) => coming.checkedIn && !standing.checkedIn,
    winner: 'coming',
  },
  {
    rule: 'CR2',
    why: 'a walk-in made without connection beats an online booking made after central knew the hall was dark',
    when: (standing, coming) =>
      standing.origin === 'central' && standing.madeInDark && coming.origin === 'hall',
    winner: 'coming',
  },
  { rule: 'CR3', why: 'the lower central commit number wins', when: () => true, winner: 'standing' },
];

/** The first rule that speaks. */
export function decideBooking(
  standing: BookingClaim,
  coming: BookingClaim,
): { readonly rule: RuleNumber; readonly winner: 'standing' | 'coming' } {
  const found = bookingRules.find((each) => each.when(standing, coming));
  if (found === undefined) throw new Error('the last rule always speaks');
  return { rule: found.rule, winner: found.winner };
}

/** What the person who lost reads. Nothing is counted against them. */
export function bookingMessage(at: {
  readonly day: string;
  readonly time: string;
  readonly place: Words;
  readonly given: 'hall' | 'central';
}): Words {
  return {
    zh: `您 ${at.day} ${at.time} 的${at.place.zh}没能保留：${at.given === 'hall' ? '断网期间现场先给了别人' : '联网前已经有人先订'}。不记违约。`,
    en: `Your booking of ${at.place.en} on ${at.day} at ${at.time} could not be kept: ${at.given === 'hall' ? 'it was given at the hall while it had no connection' : 'somebody had booked it before the connection came back'}. Nothing is counted against you.`,
  };
}

export function bookingAlternative(free: {
  readonly day: string;
  readonly time: string;
  readonly place: Words;
}): Words {
  return {
    zh: `可以改订：${free.day} ${free.time} ${free.place.zh}，现在空着。`,
    en: `You can take ${free.place.en} on ${free.day} at ${free.time} instead; it is free now.`,
  };
}

/** CR4: goods inside win. */
export function leaseMessage(compartment: number): Words {
  return {
    zh: `${String(compartment)} 号柜已有人放了东西，不能再开给您。`,
    en: `Locker ${String(compartment)} already holds somebody's things, so it stays closed for your lease.`,
  };
}

export function leaseAlternative(other: number): Words {
  return {
    zh: `请用 ${String(other)} 号柜，新码已在手机上。`,
    en: `Please use locker ${String(other)}; the new code is on your phone.`,
  };
}
