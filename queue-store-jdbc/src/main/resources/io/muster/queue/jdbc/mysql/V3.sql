-- Version 3 of the schema of a Muster job store: schedules. Each write gives a row another version.
CREATE TABLE IF NOT EXISTS {schedules} (
  name varchar(250) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  document longblob NOT NULL
) ENGINE = InnoDB;
