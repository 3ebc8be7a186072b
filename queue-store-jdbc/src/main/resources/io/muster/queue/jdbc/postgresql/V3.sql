-- Version 3 of the schema of a Muster job store: schedules. Each write gives a row another version.
CREATE TABLE {schedules} (
  name varchar(250) COLLATE "C" NOT NULL PRIMARY KEY,
  version varchar(100) COLLATE "C" NOT NULL,
  document bytea NOT NULL
);
