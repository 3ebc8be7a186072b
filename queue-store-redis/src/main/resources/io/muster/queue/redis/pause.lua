-- Pauses or resumes a queue.
-- uses: names records ready
--
-- ARGV 3 queue, 4 p to pause, r to resume, 5 who pauses it. Returns {writes, 1 if that changed something else 0}.
local changed
if ARGV[4] == 'p' then
  changed = call('SADD', PAUSED, ARGV[3])
  if changed == 1 then
    call('HSET', P .. ':pausedBy', ARGV[3], ARGV[5])
  end
else
  changed = call('SREM', PAUSED, ARGV[3])
  call('HDEL', P .. ':pausedBy', ARGV[3])
  if changed == 1 then
    tellLeader()
  end
end
return {written(), changed}
