-- Pushes jobs of any kind.
-- uses: names records ready pushing batches special
--
-- ARGV 3 number of jobs, at most 256; then for each what special.lua says. Returns {writes, for each job what it says}.
local answer = {0}
pushSpecial(4, tonumber(ARGV[3]), answer)
answer[1] = written()
return answer
