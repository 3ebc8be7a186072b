-- Queues of jobs.
-- uses: names records
--
-- ARGV 3… ids. Returns for each its queue, or nil if it is unknown.
local answer = {}
for i = 3, #ARGV do
  local rec = call('HGET', JOBS, ARGV[i])
  answer[i - 2] = rec and sound(rec) and queueOf(rec) or false
end
return answer
