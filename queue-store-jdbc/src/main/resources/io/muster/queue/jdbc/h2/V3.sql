-- Version 3 of the schema of a Muster job store: schedules. Each write gives a row another version.
CREATE TABLE IF NOT EXISTS {schedules} (
  name varchar(250) NOT NULL PRIMARY KEY,
  version varchar(100) NOT NULL,
  document varbinary(16777216) NOT NULL
);
