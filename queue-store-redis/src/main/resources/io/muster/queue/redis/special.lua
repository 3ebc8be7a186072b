-- Pushes jobs of any kind, five arguments each from ARGV at on: id, record, due moment in ms or empty, k and unique key or empty, ms of the
-- key's time or empty. Puts for each into answer, behind what is there: 1 pushed, 0 known, or id of the job that holds the key.
local function pushSpecial(at, jobs, answer)
  local base = jobs > 0 and numbers(P .. ':place', jobs) or 0
  for i = 0, jobs - 1 do
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
    answer[#answer + 1] = outcome
    at = at + 5
  end
end
