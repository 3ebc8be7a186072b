-- Removes failed jobs without a trace.
-- uses: names records
--
-- ARGV 3… ids. Returns {writes, for each job 1 forgotten or 0 not failed}.
local answer = {0}
evenIfFull()
for i = 3, #ARGV do
  local id = ARGV[i]
  local rec, outcome = call('HGET', JOBS, id), 0
  if rec and (string.byte(rec, 1) == 88 or not sound(rec)) then
    outcome = 1
    call('HDEL', JOBS, id)
    call('HDEL', P .. ':why', id)
    unlistFailed(id, rec)
    call('ZREM', P .. ':failedAt', id)
  end
  answer[i - 1] = outcome
end
answer[1] = written()
return answer
