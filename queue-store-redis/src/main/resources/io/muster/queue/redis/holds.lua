-- Unique and overlap keys.
local function freeUnique(id, rec)
  local key = uniqueKeyOf(rec)
  if call('HGET', P .. ':u', key) == id then
    call('HDEL', P .. ':u', key)
    call('ZREM', P .. ':ux', key)
  end
end

local function asideKey(key, place)
  return P .. ':w:' .. joined(key, place)
end

-- The key is free: of each lane that waits for it the first is back in its place.
local function freeOverlapKey(key)
  call('HDEL', P .. ':o', key)
  call('ZREM', P .. ':ox', key)
  local waiting = P .. ':wk:' .. key
  for _, lane in ipairs(call('SMEMBERS', waiting)) do
    local aside = asideKey(key, lane)
    local first = call('ZRANGE', aside, 0, 0, 'WITHSCORES')
    local rec = first[1] and call('HGET', JOBS, first[1])
    if first[1] then
      call('ZREM', aside, first[1])
    end
    if rec then
      putBack(first[1], rec, tonumber(first[2]))
      tellLeader()
      if call('EXISTS', aside) == 0 then
        call('SREM', P .. ':aside:' .. queueOf(rec), aside)
      end
    end
    if call('EXISTS', aside) == 0 then
      call('SREM', waiting, lane)
    end
  end
end

local function expireOverlapKeys(limit)
  for _, key in ipairs(call('ZRANGEBYSCORE', P .. ':ox', '-inf', millis, 'LIMIT', 0, limit)) do
    freeOverlapKey(key)
  end
end

local function standAside(id, rec, key, place, queue, lane)
  local waiting = joined(queue, lane)
  local aside = asideKey(key, waiting)
  call('ZADD', aside, place, id)
  call('SADD', P .. ':wk:' .. key, waiting)
  call('SADD', P .. ':aside:' .. queue, aside)
end

local function holdOverlap(id, key, expires)
  local hold = id .. ':' .. call('INCR', P .. ':holds')
  call('HSET', P .. ':o', key, hold)
  call('HSET', P .. ':oh', id, hold)
  if expires >= 0 then
    call('ZADD', P .. ':ox', millis + expires, key)
  end
end

local function freeOverlap(id, rec)
  local key = overlapKeyOf(rec)
  local hold = call('HGET', P .. ':oh', id)
  call('HDEL', P .. ':oh', id)
  if hold and call('HGET', P .. ':o', key) == hold then
    freeOverlapKey(key)
  end
end
