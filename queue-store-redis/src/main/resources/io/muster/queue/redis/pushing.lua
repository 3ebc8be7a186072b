-- Pushes one job of any kind: rec its record, due its moment in ms or nil, key k and unique key or empty, time the key's in ms or nil, place
-- where it stands if it is ready. Answers 1 pushed, 0 known, or id of the job that holds the key. A batch is not looked at.
local function pushJob(id, rec, due, key, time, place)
  if call('HEXISTS', JOBS, id) == 1 then
    return 0
  end
  if key ~= '' then
    key = string.sub(key, 2)
    local ends = call('ZSCORE', P .. ':ux', key)
    local holder = call('HGET', P .. ':u', key)
    if holder and not (ends and tonumber(ends) <= millis) then
      return holder
    end
    keepTable(P .. ':u')
    call('HSET', P .. ':u', key, id)
    if time then
      call('ZADD', P .. ':ux', millis + time, key)
    else
      call('ZREM', P .. ':ux', key)
    end
  end
  call('HSET', JOBS, id, rec)
  if due and due > millis then
    delay(queueOf(rec), id, due)
  else
    append(id, rec, place)
  end
  return 1
end

-- Leaves an entry to the leader.
local function leave(id, data)
  if call('HSETNX', P .. ':outboxData', id, data) == 1 then
    call('ZADD', P .. ':outbox', call('INCR', P .. ':outboxes'), id)
  end
end
