import type { Migration } from './migration.ts';

/**
 * How many stand checked in per session, kept by the database itself: counting rows at every arrival
 * made the thousandth person wait for the first nine hundred.
 */
export const checkInCount: Migration = {
  number: 51,
  name: 'check-in-count',
  up: `
    CREATE TABLE check_in_count (session INTEGER PRIMARY KEY, present INTEGER NOT NULL) STRICT;
    INSERT INTO check_in_count (session, present) SELECT session, count(*) FROM check_in WHERE undone_at IS NULL GROUP BY session;
    CREATE TRIGGER check_in_made AFTER INSERT ON check_in WHEN NEW.undone_at IS NULL BEGIN
      INSERT INTO check_in_count (session, present) VALUES (NEW.session, 1) ON CONFLICT (session) DO UPDATE SET present = present + 1;
    END;
    CREATE TRIGGER check_in_undone AFTER UPDATE OF undone_at ON check_in WHEN OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL BEGIN
      UPDATE check_in_count SET present = present - 1 WHERE session = NEW.session;
    END;
  `,
};
