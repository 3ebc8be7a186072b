-- Version 4 of the schema of a Muster job store: limits that hold for all nodes together. A window's state until it matters no more.
CREATE TABLE IF NOT EXISTS {limits} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  started_at bigint NOT NULL,
  used bigint NOT NULL,
  ahead bigint NOT NULL,
  ends_at bigint NOT NULL,
  KEY ends (ends_at)
) ENGINE = InnoDB;
