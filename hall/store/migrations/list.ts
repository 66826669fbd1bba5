import { core } from './0010-core.ts';
import { sync } from './0020-sync.ts';
import { identity } from './0021-identity.ts';
import { badMessage } from './0022-bad-message.ts';
import { access } from './0030-access.ts';
import { believedClock } from './0031-believed-clock.ts';
import { lockers } from './0040-lockers.ts';
import { checkIns } from './0050-check-ins.ts';
import { checkInCount } from './0051-check-in-count.ts';
import { bookings } from './0060-bookings.ts';
import { occupancy } from './0065-occupancy.ts';
import { services } from './0070-services.ts';
import { help } from './0080-help.ts';
import { desk } from './0090-desk.ts';
import { sensors } from './0100-sensors.ts';
import { cards } from './0121-cards.ts';
import { power } from './0110-power.ts';
import { idCards } from './0120-id-cards.ts';
import type { Migration } from './migration.ts';

/** All migrations; each feature adds its own file here. */
export const migrations: readonly Migration[] = [
  core,
  sync,
  identity,
  badMessage,
  access,
  believedClock,
  lockers,
  checkIns,
  checkInCount,
  bookings,
  occupancy,
  services,
  help,
  desk,
  sensors,
  power,
  idCards,
  cards,
];
