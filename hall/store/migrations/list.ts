import { core } from './0010-core.ts';
import type { Migration } from './migration.ts';

/** All migrations; each feature adds its own file here. */
export const migrations: readonly Migration[] = [core];
