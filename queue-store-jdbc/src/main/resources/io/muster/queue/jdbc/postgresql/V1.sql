-- Version 1 of the schema of a Muster job store, for PostgreSQL 12 and newer.
-- {jobs} is the name of the jobs' table; the others begin with it.

CREATE SEQUENCE {numbers};

-- Queue, type and priority of jobs that are alike. Rows stay.
CREATE TABLE {lanes} (
  name varchar(700) COLLATE "C" NOT NULL PRIMARY KEY,
  id bigint NOT NULL
);
CREATE UNIQUE INDEX {lanes_id} ON {lanes} (id);

-- One row per job until it is forgotten. state: 0 delayed, 1 ready, 2 assigned or running, 3 completed, 4 failed, 5 discarded.
-- Moments are microseconds since 1970.
CREATE TABLE {jobs} (
  id varchar(100) COLLATE "C" NOT NULL PRIMARY KEY,
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
  unique_key varchar(250) COLLATE "C",
  overlap_key varchar(250) COLLATE "C",
  overlap_micros bigint,
  aside_key varchar(250) COLLATE "C",
  payload bytea NOT NULL,
  reason text,
  detail text
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.2);
CREATE INDEX {ready} ON {jobs} (ready_lane, place) WHERE ready_lane IS NOT NULL;
CREATE INDEX {held} ON {jobs} (holder, token) WHERE holder IS NOT NULL;
CREATE INDEX {due} ON {jobs} (state, due_at, seq) WHERE state = 0;
CREATE INDEX {ended} ON {jobs} (state, changed_at) WHERE state >= 3;
CREATE INDEX {aside} ON {jobs} (aside_key, lane, place) WHERE aside_key IS NOT NULL;

-- A pool of an incarnation: its jobs up to the token taken_upto run, those above are assigned.
CREATE TABLE {pools} (
  name varchar(700) COLLATE "C" NOT NULL PRIMARY KEY,
  id bigint NOT NULL,
  incarnation varchar(250) COLLATE "C" NOT NULL,
  taken_upto bigint NOT NULL DEFAULT 0,
  untaken integer NOT NULL DEFAULT 0,
  running integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX {pools_id} ON {pools} (id);
CREATE INDEX {pools_incarnation} ON {pools} (incarnation);

-- Admitted once, buried once, never revived.
CREATE TABLE {incarnations} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  node text NOT NULL,
  admitted_at bigint NOT NULL,
  status varchar(20) NOT NULL,
  survived smallint NOT NULL DEFAULT 0,
  buried_at bigint
);

-- Jobs to which the burial of an incarnation counted a crash.
CREATE TABLE {crashes} (
  name varchar(700) COLLATE "C" NOT NULL PRIMARY KEY,
  incarnation varchar(250) COLLATE "C" NOT NULL,
  job varchar(100) COLLATE "C" NOT NULL
);
CREATE INDEX {crashes_incarnation} ON {crashes} (incarnation);

-- The one suspect of an incarnation.
CREATE TABLE {suspects} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  job varchar(100) COLLATE "C" NOT NULL
);
CREATE INDEX {suspects_job} ON {suspects} (job);

-- Who may write as leader, by distribution group; and the highest terms of coordinators that were replaced.
CREATE TABLE {fences} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  identity text NOT NULL,
  term bigint NOT NULL,
  generation bigint NOT NULL
);
CREATE TABLE {fence_lines} (
  name varchar(700) COLLATE "C" NOT NULL PRIMARY KEY,
  term bigint NOT NULL
);

-- Unique keys, each with the live job that holds it; overlap keys, each with its attempt.
CREATE TABLE {uniques} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  job varchar(100) COLLATE "C" NOT NULL,
  ends_at bigint
);
CREATE INDEX {uniques_ends} ON {uniques} (ends_at) WHERE ends_at IS NOT NULL;
CREATE TABLE {overlaps} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  job varchar(100) COLLATE "C" NOT NULL,
  token bigint NOT NULL,
  ends_at bigint
);
CREATE INDEX {overlaps_token} ON {overlaps} (token);
CREATE INDEX {overlaps_ends} ON {overlaps} (ends_at) WHERE ends_at IS NOT NULL;

-- What settlements left to be pushed elsewhere.
CREATE TABLE {outbox} (
  id varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  connection text NOT NULL,
  job varchar(100) COLLATE "C" NOT NULL,
  lane varchar(700) COLLATE "C" NOT NULL,
  payload bytea NOT NULL,
  due_at bigint,
  max_crashes integer NOT NULL,
  unique_key text,
  unique_micros bigint,
  unique_until smallint NOT NULL,
  overlap_key text,
  overlap_micros bigint
);
CREATE INDEX {outbox_seq} ON {outbox} (seq);

CREATE TABLE {paused} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  paused_by text NOT NULL
);

-- How many jobs of a queue ever completed, in several rows per queue.
CREATE TABLE {tallies} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  completed bigint NOT NULL
);
