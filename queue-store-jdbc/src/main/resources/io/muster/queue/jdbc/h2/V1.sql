-- Version 1 of the schema of a Muster job store, for H2 2.2 and newer.
-- {jobs} is the name of the jobs' table; the others begin with it.

CREATE SEQUENCE IF NOT EXISTS {numbers} NO CACHE;

-- Queue, type and priority of jobs that are alike. Rows stay.
CREATE TABLE IF NOT EXISTS {lanes} (
  name varchar(700) NOT NULL PRIMARY KEY,
  id bigint NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS {lanes_id} ON {lanes} (id);

-- One row per job until it is forgotten. state: 0 delayed, 1 ready, 2 assigned or running, 3 completed, 4 failed, 5 discarded.
-- Moments are microseconds since 1970.
CREATE TABLE IF NOT EXISTS {jobs} (
  id varchar(100) NOT NULL PRIMARY KEY,
  lane bigint NOT NULL,
  state smallint NOT NULL,
  seq bigint NOT NULL,
  place bigint NOT NULL,
  ready_lane bigint,
  holder bigint,
  token bigint,
  nonce bigint,
  pushed_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  due_at bigint,
  max_crashes integer NOT NULL,
  starts integer NOT NULL DEFAULT 0,
  releases integer NOT NULL DEFAULT 0,
  exceptions integer NOT NULL DEFAULT 0,
  timeouts integer NOT NULL DEFAULT 0,
  crashes integer NOT NULL DEFAULT 0,
  suspect_crashes integer NOT NULL DEFAULT 0,
  unique_until smallint NOT NULL DEFAULT 0,
  unique_key varchar(250),
  overlap_key varchar(250),
  overlap_micros bigint,
  aside_key varchar(250),
  payload varbinary(16777216) NOT NULL,
  reason varchar(16777216),
  detail varchar(16777216)
);
CREATE INDEX IF NOT EXISTS {ready} ON {jobs} (ready_lane, place);
CREATE INDEX IF NOT EXISTS {held} ON {jobs} (holder, token);
CREATE INDEX IF NOT EXISTS {due} ON {jobs} (state, due_at, seq);
CREATE INDEX IF NOT EXISTS {ended} ON {jobs} (state, changed_at);
CREATE INDEX IF NOT EXISTS {aside} ON {jobs} (aside_key, lane, place);

-- A pool of an incarnation: its jobs up to the token taken_upto run, those above are assigned.
CREATE TABLE IF NOT EXISTS {pools} (
  name varchar(700) NOT NULL PRIMARY KEY,
  id bigint NOT NULL,
  incarnation varchar(250) NOT NULL,
  taken_upto bigint NOT NULL DEFAULT 0,
  untaken integer NOT NULL DEFAULT 0,
  running integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS {pools_id} ON {pools} (id);
CREATE INDEX IF NOT EXISTS {pools_incarnation} ON {pools} (incarnation);

-- Admitted once, buried once, never revived.
CREATE TABLE IF NOT EXISTS {incarnations} (
  name varchar(250) NOT NULL PRIMARY KEY,
  node varchar(16777216) NOT NULL,
  admitted_at bigint NOT NULL,
  status varchar(20) NOT NULL,
  survived smallint NOT NULL DEFAULT 0,
  buried_at bigint
);

-- Jobs to which the burial of an incarnation counted a crash.
CREATE TABLE IF NOT EXISTS {crashes} (
  name varchar(700) NOT NULL PRIMARY KEY,
  incarnation varchar(250) NOT NULL,
  job varchar(100) NOT NULL
);
CREATE INDEX IF NOT EXISTS {crashes_incarnation} ON {crashes} (incarnation);

-- The one suspect of an incarnation.
CREATE TABLE IF NOT EXISTS {suspects} (
  name varchar(250) NOT NULL PRIMARY KEY,
  job varchar(100) NOT NULL
);
CREATE INDEX IF NOT EXISTS {suspects_job} ON {suspects} (job);

-- Who may write as leader, by distribution group; and the highest terms of coordinators that were replaced.
CREATE TABLE IF NOT EXISTS {fences} (
  name varchar(250) NOT NULL PRIMARY KEY,
  identity varchar(16777216) NOT NULL,
  term bigint NOT NULL,
  generation bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS {fence_lines} (
  name varchar(700) NOT NULL PRIMARY KEY,
  term bigint NOT NULL
);

-- Unique keys, each with the live job that holds it; overlap keys, each with its attempt.
CREATE TABLE IF NOT EXISTS {uniques} (
  name varchar(250) NOT NULL PRIMARY KEY,
  job varchar(100) NOT NULL,
  ends_at bigint
);
CREATE INDEX IF NOT EXISTS {uniques_ends} ON {uniques} (ends_at);
CREATE TABLE IF NOT EXISTS {overlaps} (
  name varchar(250) NOT NULL PRIMARY KEY,
  job varchar(100) NOT NULL,
  token bigint NOT NULL,
  ends_at bigint
);
CREATE INDEX IF NOT EXISTS {overlaps_token} ON {overlaps} (token);
CREATE INDEX IF NOT EXISTS {overlaps_ends} ON {overlaps} (ends_at);

-- What settlements left to be pushed elsewhere.
CREATE TABLE IF NOT EXISTS {outbox} (
  id varchar(250) NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  connection varchar(16777216) NOT NULL,
  job varchar(100) NOT NULL,
  lane varchar(700) NOT NULL,
  payload varbinary(16777216) NOT NULL,
  due_at bigint,
  max_crashes integer NOT NULL,
  unique_key varchar(16777216),
  unique_micros bigint,
  unique_until smallint NOT NULL,
  overlap_key varchar(16777216),
  overlap_micros bigint
);
CREATE INDEX IF NOT EXISTS {outbox_seq} ON {outbox} (seq);

CREATE TABLE IF NOT EXISTS {paused} (
  name varchar(250) NOT NULL PRIMARY KEY,
  paused_by varchar(16777216) NOT NULL
);

-- How many jobs of a queue ever completed, in several rows per queue.
CREATE TABLE IF NOT EXISTS {tallies} (
  name varchar(250) NOT NULL PRIMARY KEY,
  completed bigint NOT NULL
);
