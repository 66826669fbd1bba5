import { core } from './0010-core.ts';
import { access } from './0030-access.ts';
import { lockers } from './0040-lockers.ts';
import { checkIns } from './0050-check-ins.ts';
import type { Migration } from './migration.ts';

/** All migrations; each feature adds its own file here. */
export const migrations: readonly Migration[] = [core, access, lockers, checkIns];
