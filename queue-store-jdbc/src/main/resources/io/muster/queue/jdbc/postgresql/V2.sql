-- Version 2 of the schema of a Muster job store, for PostgreSQL 12 and newer.

-- One row, raised by each transaction that makes jobs ready at places they had before.
CREATE TABLE {returns} (
  id smallint NOT NULL PRIMARY KEY,
  number bigint NOT NULL
);
INSERT INTO {returns} (id, number) VALUES (0, 0);

-- Rows that change with every batch stay on their page, with room for many versions of them.
ALTER TABLE {pools} SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE {tallies} SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
