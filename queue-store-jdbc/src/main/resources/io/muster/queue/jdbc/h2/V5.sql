-- Version 5 of the schema of a Muster job store: batches. A job's row names its batch and for how many of its jobs it stands (links).
ALTER TABLE {jobs} ADD COLUMN IF NOT EXISTS batch varchar(100);
ALTER TABLE {jobs} ADD COLUMN IF NOT EXISTS links integer;
ALTER TABLE {jobs} ADD COLUMN IF NOT EXISTS tells_failure smallint;
ALTER TABLE {outbox} ADD COLUMN IF NOT EXISTS batch_id varchar(100);
ALTER TABLE {outbox} ADD COLUMN IF NOT EXISTS links integer;
ALTER TABLE {outbox} ADD COLUMN IF NOT EXISTS tells_failure smallint;

-- happened and called are sums of 1 before, 2 progress, 4 then, 8 catch, 16 finally: what has happened, and what has a callback.
-- stage: 0 unfinished, 1 finished, 2 cancelled; since is when it came to that.
CREATE TABLE IF NOT EXISTS {batches} (
  id varchar(100) NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  queue varchar(250) NOT NULL,
  name varchar(16777216) NOT NULL,
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
  failed_job varchar(100),
  failure varchar(16777216),
  happened smallint NOT NULL,
  called smallint NOT NULL,
  stage smallint NOT NULL,
  since bigint NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS {batches_seq} ON {batches} (seq);
CREATE INDEX IF NOT EXISTS {batches_stage} ON {batches} (stage, since);

-- Callbacks of batches: entries as in {outbox}, whose job ids do not matter.
CREATE TABLE IF NOT EXISTS {callbacks} (
  id varchar(250) NOT NULL PRIMARY KEY,
  batch varchar(100) NOT NULL,
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
  overlap_micros bigint,
  batch_id varchar(100),
  links integer,
  tells_failure smallint
);
CREATE INDEX IF NOT EXISTS {callbacks_batch} ON {callbacks} (batch);
