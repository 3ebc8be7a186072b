-- Every incarnation that is admitted, leaves or still has jobs.
-- uses: names running
--
-- Returns {name, status, jobs held, …}.
local answer, all = {}, call('HGETALL', INCARNATIONS)
for i = 1, #all, 2 do
  answer[#answer + 1] = all[i]
  answer[#answer + 1] = all[i + 1]
  answer[#answer + 1] = heldBy(all[i])
end
return answer
