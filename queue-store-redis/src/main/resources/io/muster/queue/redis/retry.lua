-- Makes failed jobs ready again as if they had never run.
-- uses: names records ready pushing batches
--
-- ARGV 3… ids, at most 256. Returns {writes, for each job 1 retried, 0 not failed, or id of the job that holds its unique key}.
local answer = {0}
local place = numbers(P .. ':place', #ARGV - 2)
for i = 3, #ARGV do
  local id = ARGV[i]
  local rec, outcome = readable(id), 0
  if rec and string.byte(rec, 1) == 88 then
    outcome = 1
    local key = has(rec, 1) and uniqueKeyOf(rec)
    local holder = key and call('HGET', P .. ':u', key)
    local ends = holder and call('ZSCORE', P .. ':ux', key)
    if holder and not (ends and tonumber(ends) <= millis) then
      outcome = holder
    else
      if key then
        call('HSET', P .. ':u', key, id)
        call('ZREM', P .. ':ux', key)
      end
      local fresh = 'F' .. string.sub((split(rec)), 2)
      call('HSET', JOBS, id, fresh)
      call('HDEL', P .. ':why', id)
      call('ZREM', P .. ':failed:' .. queueOf(rec), id)
      call('ZREM', P .. ':failedAt', id)
      append(id, fresh, place + i - 3)
      if has(rec, 16) then
        batches().retry(batches().of(rec))
      end
    end
  end
  answer[i - 1] = outcome
end
countBatches()
answer[1] = written()
return answer
