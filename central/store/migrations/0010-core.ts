import type { Migration } from '../migrate.ts';

/**
 * Times are milliseconds since 1970 (bigint). JSON is kept as text, so that what a hall sent
 * (NUL characters included, which jsonb refuses) is kept as it came.
 */
export const m0010: Migration = {
  number: 10,
  name: 'core',
  sql: `
CREATE TABLE hall (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  time_zone text NOT NULL,
  help_phone text NOT NULL,
  created_at bigint NOT NULL,
  enrol_hash text NOT NULL,
  enrol_used boolean NOT NULL DEFAULT false,
  feed_epoch text NOT NULL,
  cursor bigint NOT NULL DEFAULT 0,
  pruned_through bigint NOT NULL DEFAULT 0,
  last_contact_at bigint
);
CREATE TABLE hall_sync_key (
  key_id text PRIMARY KEY,
  hall bigint NOT NULL REFERENCES hall (id),
  public_key text NOT NULL,
  created_at bigint NOT NULL
);
CREATE TABLE nonce (
  key_id text NOT NULL,
  nonce text NOT NULL,
  until bigint NOT NULL,
  PRIMARY KEY (key_id, nonce)
);
CREATE INDEX nonce_until ON nonce (until);

CREATE TABLE feed_record (
  hall bigint NOT NULL REFERENCES hall (id),
  type text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL,
  cursor bigint NOT NULL,
  op text NOT NULL CHECK (op IN ('put', 'remove')),
  body text,
  changed_at bigint NOT NULL,
  PRIMARY KEY (hall, type, id),
  UNIQUE (hall, cursor)
);
CREATE TABLE feed_change (
  hall bigint NOT NULL REFERENCES hall (id),
  cursor bigint NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL,
  op text NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (hall, cursor)
);

CREATE TABLE fact_head (
  hall bigint NOT NULL REFERENCES hall (id),
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  previous_known boolean NOT NULL,
  PRIMARY KEY (hall, epoch)
);
CREATE TABLE fact (
  hall bigint NOT NULL REFERENCES hall (id),
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  id text NOT NULL,
  type text NOT NULL,
  hash text NOT NULL,
  wire text NOT NULL,
  status text NOT NULL CHECK (status IN ('accepted', 'quarantined')),
  reason text,
  received_at bigint NOT NULL,
  PRIMARY KEY (hall, epoch, seq)
);
CREATE UNIQUE INDEX fact_once ON fact (hall, id) WHERE status = 'accepted';
CREATE INDEX fact_quarantine ON fact (hall) WHERE status = 'quarantined';
CREATE TABLE alarm (
  id text PRIMARY KEY,
  hall bigint NOT NULL,
  kind text NOT NULL,
  detail text NOT NULL,
  at bigint NOT NULL
);

CREATE TABLE member (
  id text PRIMARY KEY,
  number text NOT NULL UNIQUE,
  name_masked text NOT NULL,
  mobile text NOT NULL UNIQUE,
  blocked boolean NOT NULL DEFAULT false
);
CREATE TABLE hall_member (
  hall bigint NOT NULL REFERENCES hall (id),
  member text NOT NULL REFERENCES member (id),
  member_ref text NOT NULL,
  PRIMARY KEY (hall, member),
  UNIQUE (hall, member_ref)
);
CREATE TABLE activity (
  id text PRIMARY KEY,
  hall bigint NOT NULL REFERENCES hall (id),
  name text NOT NULL,
  teacher text
);
CREATE TABLE session (
  hall bigint NOT NULL REFERENCES hall (id),
  number int NOT NULL,
  activity text NOT NULL REFERENCES activity (id),
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  capacity int NOT NULL CHECK (capacity > 0),
  check_in_before int NOT NULL,
  check_in_after int NOT NULL,
  unit text NOT NULL,
  room text NOT NULL,
  cancelled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (hall, number)
);
CREATE TABLE registration (
  id text PRIMARY KEY,
  hall bigint NOT NULL,
  session int NOT NULL,
  member_ref text NOT NULL,
  state text NOT NULL CHECK (state IN ('registered', 'waiting', 'cancelled')),
  seat int,
  place bigint GENERATED ALWAYS AS IDENTITY,
  FOREIGN KEY (hall, session) REFERENCES session (hall, number)
);
CREATE UNIQUE INDEX registration_once ON registration (hall, session, member_ref) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX registration_seat ON registration (hall, session, seat) WHERE state = 'registered';
CREATE TABLE check_in (
  hall bigint NOT NULL,
  id text NOT NULL,
  session int NOT NULL,
  member_ref text NOT NULL,
  at text NOT NULL,
  kiosk text NOT NULL,
  credential text NOT NULL,
  undone_at text,
  PRIMARY KEY (hall, id)
);
CREATE INDEX check_in_of ON check_in (hall, session, member_ref);

CREATE TABLE resource (
  hall bigint NOT NULL REFERENCES hall (id),
  number int NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (hall, number)
);
CREATE TABLE booking (
  id text PRIMARY KEY,
  hall bigint NOT NULL,
  resource int NOT NULL,
  member_ref text NOT NULL,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('booked', 'cancelled', 'checked-in', 'released', 'lost')),
  origin text NOT NULL CHECK (origin IN ('central', 'hall')),
  made_in_dark boolean NOT NULL,
  made_order bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX booking_time ON booking (hall, resource, starts_at);
CREATE INDEX booking_member ON booking (hall, member_ref, starts_at);
CREATE TABLE booking_slot (
  hall bigint NOT NULL,
  resource int NOT NULL,
  slot_start bigint NOT NULL,
  booking text NOT NULL REFERENCES booking (id),
  PRIMARY KEY (hall, resource, slot_start)
);
CREATE INDEX booking_slot_of ON booking_slot (booking);

CREATE TABLE pool (
  hall bigint NOT NULL,
  compartment int NOT NULL,
  size text NOT NULL,
  PRIMARY KEY (hall, compartment)
);
CREATE TABLE lease (
  hall bigint NOT NULL,
  id text NOT NULL,
  grant_id text,
  compartment int NOT NULL,
  holder text NOT NULL,
  member_ref text,
  starts_at bigint NOT NULL,
  ends_at bigint NOT NULL,
  generation int NOT NULL DEFAULT 0,
  state text NOT NULL CHECK (state IN ('made', 'active', 'end-requested', 'ended')),
  origin text NOT NULL CHECK (origin IN ('central', 'hall', 'grant')),
  key_epoch int,
  PRIMARY KEY (hall, id)
);
CREATE UNIQUE INDEX lease_live ON lease (hall, compartment) WHERE origin = 'central' AND state <> 'ended';
CREATE UNIQUE INDEX lease_grant ON lease (hall, grant_id) WHERE grant_id IS NOT NULL;

CREATE TABLE signed_grant (
  grant_id text PRIMARY KEY,
  hall bigint NOT NULL,
  purpose text NOT NULL,
  subject text NOT NULL,
  member_ref text NOT NULL,
  target int NOT NULL,
  not_before bigint NOT NULL,
  not_after bigint NOT NULL,
  key_epoch int NOT NULL,
  signed text NOT NULL,
  revoked boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX signed_grant_subject ON signed_grant (hall, subject) WHERE NOT revoked;

CREATE TABLE signing_key (
  key_id int PRIMARY KEY CHECK (key_id BETWEEN 0 AND 127),
  private_key text NOT NULL,
  public_key text NOT NULL,
  valid_from bigint NOT NULL,
  valid_to bigint NOT NULL
);
CREATE TABLE sealing_key (
  key_id text PRIMARY KEY,
  private_key text NOT NULL,
  public_key text NOT NULL,
  valid_from bigint NOT NULL
);
CREATE TABLE hall_key (
  hall bigint NOT NULL REFERENCES hall (id),
  epoch int NOT NULL,
  key text NOT NULL,
  valid_from bigint NOT NULL,
  valid_to bigint NOT NULL,
  PRIMARY KEY (hall, epoch)
);
CREATE TABLE issuing_key (
  hall bigint NOT NULL,
  key_id int NOT NULL,
  public_key text NOT NULL,
  PRIMARY KEY (hall, key_id)
);

CREATE TABLE application (
  hall bigint NOT NULL,
  id text NOT NULL,
  number text NOT NULL,
  service text NOT NULL,
  service_version int NOT NULL,
  member_ref text,
  submitted_at text NOT NULL,
  deadline text NOT NULL,
  answers text NOT NULL,
  sealed text NOT NULL,
  query_hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('submitted', 'approved', 'refused', 'returned')),
  reason text,
  decided_by text,
  decided_at text,
  PRIMARY KEY (hall, id)
);
CREATE INDEX application_number ON application (number);
CREATE INDEX application_member ON application (hall, member_ref);
CREATE TABLE door_command (
  hall bigint NOT NULL,
  id text NOT NULL,
  compartment int NOT NULL,
  cause text,
  done_by text,
  outcome text,
  position text,
  at text,
  PRIMARY KEY (hall, id)
);
CREATE TABLE occupancy (
  hall bigint NOT NULL,
  resource int NOT NULL,
  state text NOT NULL,
  confidence double precision NOT NULL,
  at text NOT NULL,
  PRIMARY KEY (hall, resource)
);
CREATE TABLE device (
  hall bigint NOT NULL,
  id text NOT NULL,
  state text NOT NULL,
  detail text,
  at text NOT NULL,
  PRIMARY KEY (hall, id)
);
CREATE TABLE help_call (
  hall bigint NOT NULL,
  id text NOT NULL,
  kiosk text,
  page text,
  called_at text,
  ended_at text,
  outcome text,
  PRIMARY KEY (hall, id)
);
CREATE TABLE ruling (
  id text PRIMARY KEY,
  hall bigint NOT NULL,
  rule text NOT NULL,
  member_ref text,
  body text NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX ruling_member ON ruling (hall, member_ref);

CREATE TABLE phone_code (
  mobile text PRIMARY KEY,
  hash text NOT NULL,
  expires_at bigint NOT NULL,
  tries int NOT NULL
);
CREATE TABLE phone_try (
  subject text NOT NULL,
  at bigint NOT NULL
);
CREATE INDEX phone_try_of ON phone_try (subject, at);
CREATE TABLE phone_session (
  token_hash text PRIMARY KEY,
  member text NOT NULL REFERENCES member (id),
  hall bigint NOT NULL REFERENCES hall (id),
  expires_at bigint NOT NULL
);
`,
};
