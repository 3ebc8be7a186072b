-- Records of jobs.
-- uses: names
--
-- ARGV 3… ids. Returns for each its record, or nil if it is unknown.
return call('HMGET', JOBS, unpack(ARGV, 3))
