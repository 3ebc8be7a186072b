-- Version 3: limits that hold for all nodes together. A window's state until it matters no more; see LimitWindow.

CREATE TABLE {limits} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  started_at bigint NOT NULL,
  used bigint NOT NULL,
  ahead bigint NOT NULL,
  ends_at bigint NOT NULL
) ENGINE = InnoDB;
CREATE INDEX {limits_ends} ON {limits} (ends_at);
