import type { GrantForPhone, PhoneView } from '../../../contract/central-api.ts';
import { toInstant } from '../../../contract/time.ts';

const MINUTE = 60_000;

/** A member with nothing to do. */
export function viewAt(now: number): PhoneView {
  return {
    demo: true,
    now: toInstant(now),
    member: { nameMasked: '李*兰', memberNumber: '100002', phoneLast4: '0002' },
    hall: {
      id: 1,
      name: { zh: '城北', en: 'North' },
      timeZone: 'Asia/Shanghai',
      lastContactAt: null,
      helpPhone: '',
    },
    sessions: [],
    resources: [],
    bookings: [],
    leases: [],
    freeCompartments: { small: 1, medium: 0, large: 0 },
    grants: [],
    applications: [],
    notices: [],
  };
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function session(
  number: number,
  startsAt: number,
  state: PhoneView['sessions'][number]['state'],
  left = 3,
): PhoneView['sessions'][number] {
  return {
    session: {
      number,
      activity: { zh: '八段锦', en: 'Baduanjin' },
      startsAt: toInstant(startsAt),
      endsAt: toInstant(startsAt + 90 * MINUTE),
      capacity: 20,
      taken: 20 - left,
      checkInBefore: 30,
      checkInAfter: 15,
      unit: 'room-101',
      room: '101',
      cancelled: false,
    },
    state,
    seat: state === 'registered' ? 4 : null,
    left,
  };
}

export function booking(
  number: number,
  startsAt: number,
  state: PhoneView['bookings'][number]['booking']['state'] = 'booked',
): PhoneView['bookings'][number] {
  return {
    booking: {
      id: uuid(number),
      resource: 2,
      memberRef: '0123456789ab',
      startsAt: toInstant(startsAt),
      endsAt: toInstant(startsAt + 60 * MINUTE),
      state,
      origin: 'central',
    },
    resource: { zh: '羽毛球场 2 号', en: 'Badminton court 2' },
  };
}

export function lease(
  number: number,
  startsAt: number,
  state: PhoneView['leases'][number]['state'],
): PhoneView['leases'][number] {
  return {
    id: uuid(number),
    compartment: 23,
    size: 'small',
    startsAt: toInstant(startsAt),
    endsAt: toInstant(startsAt + 120 * MINUTE),
    state,
    digits: '12345678',
    grantId: 'aaaaaaaaaaaaaaaa',
  };
}

export function grant(
  purpose: GrantForPhone['purpose'],
  grantId: string,
  target: number,
  from: number,
  to: number,
): GrantForPhone {
  return {
    grantId,
    purpose,
    signed: '',
    secret: '',
    hall: 1,
    target,
    notBefore: toInstant(from),
    notAfter: toInstant(to),
  };
}
