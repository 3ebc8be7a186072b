-- Version 1 of the schema of a Muster job store, for MySQL 8.0 and MariaDB 10.6, and newer.
-- {jobs} is the name of the jobs' table; the others begin with it.

-- Gives out numbers that only grow.
CREATE TABLE {numbers} (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY
) ENGINE = InnoDB;

-- Queue, type and priority of jobs that are alike. Rows stay.
CREATE TABLE {lanes} (
  name varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  id bigint NOT NULL
) ENGINE = InnoDB;
CREATE UNIQUE INDEX {lanes_id} ON {lanes} (id);

-- One row per job until it is forgotten. state: 0 delayed, 1 ready, 2 assigned or running, 3 completed, 4 failed, 5 discarded.
-- Moments are microseconds since 1970.
CREATE TABLE {jobs} (
  id varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
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
  unique_key varchar(250) CHARACTER SET ascii COLLATE ascii_bin,
  overlap_key varchar(250) CHARACTER SET ascii COLLATE ascii_bin,
  overlap_micros bigint,
  aside_key varchar(250) CHARACTER SET ascii COLLATE ascii_bin,
  payload longblob NOT NULL,
  reason longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  detail longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
) ENGINE = InnoDB;
CREATE INDEX {ready} ON {jobs} (ready_lane, place);
CREATE INDEX {held} ON {jobs} (holder, token);
CREATE INDEX {due} ON {jobs} (state, due_at, seq);
CREATE INDEX {ended} ON {jobs} (state, changed_at);
CREATE INDEX {aside} ON {jobs} (aside_key, lane, place);

-- A pool of an incarnation: its jobs up to the token taken_upto run, those above are assigned.
CREATE TABLE {pools} (
  name varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  id bigint NOT NULL,
  incarnation varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  taken_upto bigint NOT NULL DEFAULT 0,
  untaken integer NOT NULL DEFAULT 0,
  running integer NOT NULL DEFAULT 0
) ENGINE = InnoDB;
CREATE UNIQUE INDEX {pools_id} ON {pools} (id);
CREATE INDEX {pools_incarnation} ON {pools} (incarnation);

-- Admitted once, buried once, never revived.
CREATE TABLE {incarnations} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  node longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  admitted_at bigint NOT NULL,
  status varchar(20) NOT NULL,
  survived smallint NOT NULL DEFAULT 0,
  buried_at bigint
) ENGINE = InnoDB;

-- Jobs to which the burial of an incarnation counted a crash.
CREATE TABLE {crashes} (
  name varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  incarnation varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  job varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE = InnoDB;
CREATE INDEX {crashes_incarnation} ON {crashes} (incarnation);

-- The one suspect of an incarnation.
CREATE TABLE {suspects} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  job varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
) ENGINE = InnoDB;
CREATE INDEX {suspects_job} ON {suspects} (job);

-- Who may write as leader, by distribution group; and the highest terms of coordinators that were replaced.
CREATE TABLE {fences} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  identity longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  term bigint NOT NULL,
  generation bigint NOT NULL
) ENGINE = InnoDB;
CREATE TABLE {fence_lines} (
  name varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  term bigint NOT NULL
) ENGINE = InnoDB;

-- Unique keys, each with the live job that holds it; overlap keys, each with its attempt.
CREATE TABLE {uniques} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  job varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ends_at bigint
) ENGINE = InnoDB;
CREATE INDEX {uniques_ends} ON {uniques} (ends_at);
CREATE TABLE {overlaps} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  job varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token bigint NOT NULL,
  ends_at bigint
) ENGINE = InnoDB;
CREATE INDEX {overlaps_token} ON {overlaps} (token);
CREATE INDEX {overlaps_ends} ON {overlaps} (ends_at);

-- What settlements left to be pushed elsewhere.
CREATE TABLE {outbox} (
  id varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  connection longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  job varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lane varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload longblob NOT NULL,
  due_at bigint,
  max_crashes integer NOT NULL,
  unique_key longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  unique_micros bigint,
  unique_until smallint NOT NULL,
  overlap_key longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  overlap_micros bigint
) ENGINE = InnoDB;
CREATE INDEX {outbox_seq} ON {outbox} (seq);

CREATE TABLE {paused} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  paused_by longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
) ENGINE = InnoDB;

-- How many jobs of a queue ever completed, in several rows per queue.
CREATE TABLE {tallies} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  completed bigint NOT NULL
) ENGINE = InnoDB;
