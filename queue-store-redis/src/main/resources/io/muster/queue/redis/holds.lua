-- Unique and overlap keys.
--
-- Who holds an overlap key that has no time is not kept: the key is an attempt's from its assignment until its end. One that has a time may pass to
-- another job meanwhile, so its holder is.
local UNTIMED, TIMED = P .. ':ko', P .. ':k'

-- Frees those of the unique keys, some at least, that the jobs with these ids hold.
local function freeUniques(keys, ids)
  local own = {}
  for i, holder in ipairs(call('HMGET', P .. ':u', unpack(keys))) do
    if holder == ids[i] then
      own[#own + 1] = keys[i]
    end
  end
  if #own > 0 then
    call('HDEL', P .. ':u', unpack(own))
    if call('EXISTS', P .. ':ux') == 1 then
      call('ZREM', P .. ':ux', unpack(own))
    end
  end
end

local function freeUnique(id, rec)
  freeUniques({uniqueKeyOf(rec)}, {id})
end

local function asideKey(key, place)
  return P .. ':w:' .. joined(key, place)
end

-- The key is free: of each lane that waits for it the first is back in its place.
local function letFollow(key)
  local waiting = P .. ':wk:' .. key
  for _, lane in ipairs(call('SMEMBERS', waiting)) do
    local aside = asideKey(key, lane)
    local first, rec
    repeat
      first = call('ZRANGE', aside, 0, 0, 'WITHSCORES')
      rec = first[1] and readable(first[1])
      if first[1] then
        call('ZREM', aside, first[1])
      end
    until rec or not first[1]
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
  if call('EXISTS', waiting) == 0 then
    call('SREM', P .. ':waited', key)
  end
end

-- These keys are free.
local function letAllFollow(keys)
  if call('EXISTS', P .. ':waited') == 1 then
    for i, waited in ipairs(call('SMISMEMBER', P .. ':waited', unpack(keys))) do
      if waited == 1 then
        letFollow(keys[i])
      end
    end
  end
end

-- Of these keys, some at least, those whose holder is kept and is the job with the id at the same place are not held any more; answers them.
local function release(keys, ids)
  local own = {}
  for i, holder in ipairs(call('HMGET', TIMED, unpack(keys))) do
    if holder and string.sub(holder, 8) == ids[i] then
      own[#own + 1] = keys[i]
    end
  end
  if #own > 0 then
    call('HDEL', TIMED, unpack(own))
    if call('EXISTS', P .. ':ox') == 1 then
      call('ZREM', P .. ':ox', unpack(own))
    end
  end
  return own
end

-- Attempts have ended, of the job ids[i] with the overlap key keys[i] each, some at least, none of them timed: with as few commands as if it were one.
local function freeUntimed(keys, ids)
  if call('SREM', UNTIMED, unpack(keys)) < #keys then
    release(keys, ids)
  end
  letAllFollow(keys)
end

-- The same, all of them timed. A job has one attempt at a time, so the key is that attempt's if the job holds it; it does not if the key's time was over.
local function freeTimed(keys, ids)
  local own = release(keys, ids)
  if #own > 0 then
    letAllFollow(own)
  end
end

local function expireOverlapKeys(limit)
  local over = call('ZRANGEBYSCORE', P .. ':ox', '-inf', millis, 'LIMIT', 0, limit)
  if #over > 0 then
    call('ZREM', P .. ':ox', unpack(over))
    call('HDEL', TIMED, unpack(over))
    letAllFollow(over)
  end
end

local function standAside(id, key, place, queue, lane)
  local waiting = joined(queue, lane)
  local aside = asideKey(key, waiting)
  call('ZADD', aside, place, id)
  call('SADD', P .. ':wk:' .. key, waiting)
  call('SADD', P .. ':waited', key)
  call('SADD', P .. ':aside:' .. queue, aside)
end
