-- A batch as it is now.
-- uses: names
--
-- ARGV 3 id. Returns its fields and values in turn, none if it is unknown.
return call('HGETALL', P .. ':batch:' .. ARGV[3])
