-- Takes untaken jobs of a pool back, the newest first.
-- uses: names fence records ready holds ending
--
-- ARGV 3-5 fence, 6 incarnation, 7 pool, 8 most jobs. Returns {writes, jobs}.
local taken = takeBackUntaken(ARGV[6], ARGV[7], tonumber(ARGV[8]))
return {written(), taken}
