-- Writes or removes a schedule if it has the expected version.
-- uses: names records ready
--
-- ARGV 3 name, 4 version it must have, empty if there must be none; 5 and 6 its next version and document, without them it is removed.
-- Returns {writes, 1 if it had that version else 0}.
if (call('HGET', P .. ':scheduleVersions', ARGV[3]) or '') ~= ARGV[4] then
  return {written(), 0}
end
if ARGV[5] then
  call('HSET', P .. ':scheduleVersions', ARGV[3], ARGV[5])
  call('HSET', P .. ':schedules', ARGV[3], ARGV[6])
else
  call('HDEL', P .. ':scheduleVersions', ARGV[3])
  call('HDEL', P .. ':schedules', ARGV[3])
end
tellLeader()
return {written(), 1}
