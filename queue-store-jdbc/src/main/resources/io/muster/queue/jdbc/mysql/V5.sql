-- Version 5 of the schema of a Muster job store: batches. A job's row names its batch and for how many of its jobs it stands (links).
-- What was begun and not ended, for want of transactions around such statements, can be repeated.
SET @muster = (SELECT IF(COUNT(*) > 0, 'DO 0', 'ALTER TABLE {jobs} ADD COLUMN batch varchar(100) CHARACTER SET ascii COLLATE ascii_bin, ADD COLUMN links integer, ADD COLUMN tells_failure smallint')
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{jobs}' AND column_name = 'links');
PREPARE muster FROM @muster;
EXECUTE muster;
DEALLOCATE PREPARE muster;
SET @muster = (SELECT IF(COUNT(*) > 0, 'DO 0', 'ALTER TABLE {outbox} ADD COLUMN batch_id varchar(100) CHARACTER SET ascii COLLATE ascii_bin, ADD COLUMN links integer, ADD COLUMN tells_failure smallint')
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{outbox}' AND column_name = 'links');
PREPARE muster FROM @muster;
EXECUTE muster;
DEALLOCATE PREPARE muster;

-- happened and called are sums of 1 before, 2 progress, 4 then, 8 catch, 16 finally: what has happened, and what has a callback.
-- stage: 0 unfinished, 1 finished, 2 cancelled; since is when it came to that.
CREATE TABLE IF NOT EXISTS {batches} (
  id varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seq bigint NOT NULL,
  queue varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
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
  failed_job varchar(100) CHARACTER SET ascii COLLATE ascii_bin,
  failure longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  happened smallint NOT NULL,
  called smallint NOT NULL,
  stage smallint NOT NULL,
  since bigint NOT NULL,
  UNIQUE KEY seq (seq),
  KEY stage (stage, since)
) ENGINE = InnoDB;

-- Callbacks of batches: entries as in {outbox}, whose job ids do not matter.
CREATE TABLE IF NOT EXISTS {callbacks} (
  id varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  batch varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
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
  overlap_micros bigint,
  batch_id varchar(100) CHARACTER SET ascii COLLATE ascii_bin,
  links integer,
  tells_failure smallint,
  KEY batch (batch)
) ENGINE = InnoDB;
