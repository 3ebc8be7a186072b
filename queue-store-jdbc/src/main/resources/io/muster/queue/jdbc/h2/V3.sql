-- Version 3: limits that hold for all nodes together. A window's state until it matters no more; see LimitWindow.

CREATE TABLE IF NOT EXISTS {limits} (
  name varchar(250) NOT NULL PRIMARY KEY,
  started_at bigint NOT NULL,
  used bigint NOT NULL,
  ahead bigint NOT NULL,
  ends_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS {limits_ends} ON {limits} (ends_at);
