-- Pushes jobs of any kind.
-- uses: names records ready holds
--
-- ARGV 3 number of jobs, at most 256; then for each: id, record, due moment in ms or empty, k and unique key or empty, ms of the key's time or
-- empty. Returns {writes, for each job 1 pushed, 0 known, or id of the job that holds the key}.
local answer = {0}
local base = numbers(P .. ':place', tonumber(ARGV[3]))
local i = 0
for at = 4, #ARGV, 5 do
  local id, rec, due = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local key, time = ARGV[at + 3], tonumber(ARGV[at + 4])
  local outcome = 1
  if call('HEXISTS', JOBS, id) == 1 then
    outcome = 0
  elseif key ~= '' then
    key = string.sub(key, 2)
    local ends = call('ZSCORE', P .. ':ux', key)
    local holder = call('HGET', P .. ':u', key)
    if holder and not (ends and tonumber(ends) <= millis) then
      outcome = holder
    else
      call('HSET', P .. ':u', key, id)
      if time then
        call('ZADD', P .. ':ux', millis + time, key)
      else
        call('ZREM', P .. ':ux', key)
      end
    end
  end
  if outcome == 1 then
    call('HSET', JOBS, id, rec)
    if due and due > millis then
      delay(queueOf(rec), id, due)
    else
      append(id, rec, base + i)
    end
  end
  i = i + 1
  answer[i + 1] = outcome
end
answer[1] = written()
return answer
