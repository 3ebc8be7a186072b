-- Version 5 of the schema of a Muster job store: batches. A job's row names its batch and for how many of its jobs it stands (links).
ALTER TABLE {jobs} ADD COLUMN batch varchar(100) COLLATE "C", ADD COLUMN links integer, ADD COLUMN tells_failure smallint;
ALTER TABLE {outbox} ADD COLUMN batch_id varchar(100) COLLATE "C", ADD COLUMN links integer, ADD COLUMN tells_failure smallint;

-- happened and called are sums of 1 before, 2 progress, 4 then, 8 catch, 16 finally: what has happened, and what has a callback.
-- stage: 0 unfinished, 1 finished, 2 cancelled; since is when it came to that.
CREATE TABLE {batches} (
  id varchar(100) COLLATE "C" NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  queue varchar(250) COLLATE "C" NOT NULL,
  name text NOT NULL,
  allows_failures smallint NOT NULL,
  is_open smallint NOT NULL,
  total integer NOT NULL,
  succeeded integer NOT NULL,
  failed integer NOT NULL,
  skipped integer NOT NULL,
  created_at bigint NOT NULL,
  cancelled_at bigint,
  cancelled_by_failure smallint NOT NULL,
  finished_at bigint,
  failed_job varchar(100) COLLATE "C",
  failure text,
  happened smallint NOT NULL,
  called smallint NOT NULL,
  stage smallint NOT NULL,
  since bigint NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE UNIQUE INDEX {batches_seq} ON {batches} (seq);
CREATE INDEX {batches_stage} ON {batches} (stage, since);

-- Callbacks of batches: entries as in {outbox}, whose job ids do not matter.
CREATE TABLE {callbacks} (
  id varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  batch varchar(100) COLLATE "C" NOT NULL,
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
  overlap_micros bigint,
  batch_id varchar(100) COLLATE "C",
  links integer,
  tells_failure smallint
);
CREATE INDEX {callbacks_batch} ON {callbacks} (batch);
