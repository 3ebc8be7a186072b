-- Fails ready jobs of types that nobody serves.
-- uses: names fence records ready holds ending pushing batches failing
--
-- ARGV 3-5 fence, 6 most jobs, 7 ms for which they may be ready, 8 reason, 9… served types. Returns {writes, jobs}.
local limit, old, failed, served = tonumber(ARGV[6]), micros - tonumber(ARGV[7]) * 1000, 0, {}
for i = 9, #ARGV do
  served[ARGV[i]] = true
end

local function failOne(id, rec, place, type)
  local _, t = split(rec)
  failUntold(id, rec, place, t, ARGV[8], 'Type ' .. type)
  failed = failed + 1
end

local function failBack(key, type)
  local back = call('ZRANGE', key, 0, limit - failed - 1, 'WITHSCORES')
  for i = 1, #back, 2 do
    local rec, place = readable(back[i]), tonumber(back[i + 1])
    local since = place
    if rec then
      local _, t = split(rec)
      since = math.max(since, t.since)
    end
    if since < old then
      call('ZREM', key, back[i])
      if rec then
        failOne(back[i], rec, place, type)
      end
    end
  end
end

local function failLane(queue, lane, type)
  local list = listKey(queue, lane)
  for _, entry in ipairs(call('LRANGE', list, 0, limit - failed - 1)) do
    local place = placeIn(entry)
    if place >= old then
      break
    end
    call('LPOP', list)
    local id = idIn(lane, entry)
    local rec = readable(id, queue)
    if rec then
      failOne(id, rec, place, type)
    end
  end
  if failed < limit then
    failBack(backKey(queue, lane), type)
  end
  if call('EXISTS', list) == 0 and call('EXISTS', backKey(queue, lane)) == 0 then
    laneEmptied(queue, lane)
  end
end

for _, queue in ipairs(call('SMEMBERS', P .. ':queues')) do
  if failed < limit and call('SISMEMBER', PAUSED, queue) == 0 then
    for _, lane in ipairs(call('ZRANGE', P .. ':lanes:' .. queue, 0, -1)) do
      local type = string.match(lane, '^.-:(.*)$') or ''
      if failed < limit and not served[type] then
        failLane(queue, lane, type)
      end
    end
    for _, aside in ipairs(call('SMEMBERS', P .. ':aside:' .. queue)) do
      local first = call('ZRANGE', aside, 0, 0)
      local rec = first[1] and readable(first[1], queue)
      local type = rec and typePriorityMostCrashes(rec)
      if type and failed < limit and not served[type] then
        failBack(aside, type)
      end
      if call('EXISTS', aside) == 0 then
        call('SREM', P .. ':aside:' .. queue, aside)
      end
    end
  end
end
countBatches()
return {written(), failed}
