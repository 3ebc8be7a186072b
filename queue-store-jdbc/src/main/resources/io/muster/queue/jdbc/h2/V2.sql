-- Version 2 of the schema of a Muster job store, for H2.

-- One row, raised by each transaction that makes jobs ready at places they had before.
CREATE TABLE {returns} (
  id smallint NOT NULL PRIMARY KEY,
  number bigint NOT NULL
);
INSERT INTO {returns} (id, number) VALUES (0, 0);
