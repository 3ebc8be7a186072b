-- Fires a schedule: sets it behind a tick and pushes the tick's jobs.
-- uses: names fence records ready pushing batches special
--
-- ARGV 3-5 fence, 6 name of the schedule, 7 the version it must have, 8 and 9 its next version and document, 10 number of jobs, at most 256;
-- then for each what special.lua says. Returns {writes, 0} if it has another version, else {writes, 1, for each job what it says}.
if call('HGET', P .. ':scheduleVersions', ARGV[6]) ~= ARGV[7] then
  return {written(), 0}
end
call('HSET', P .. ':scheduleVersions', ARGV[6], ARGV[8])
call('HSET', P .. ':schedules', ARGV[6], ARGV[9])
local answer = {0, 1}
pushSpecial(11, tonumber(ARGV[10]), answer)
answer[1] = written()
return answer
