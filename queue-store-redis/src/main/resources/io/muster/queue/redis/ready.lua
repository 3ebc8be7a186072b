-- Ready jobs stand in lanes: one per queue, kind, priority and type, so that what a node may not have is never in the way of what
-- it may. Kinds: n; k wants an overlap key; o wants one that has a time; s suspect. A lane has a list, which grows at its end, and a zset of
-- those that came back; both are in the order of places. An entry of a list of kind k is place (u56), id, key, length of the id (one byte);
-- of another one place and id.
local told = false

-- Told once per lane that fills: a leader that left a lane empty is idle as far as that lane goes, one that left something
-- in it knows.
local function tellLeader()
  if not told then
    told = true
    call('PUBLISH', C .. ':ready', '')
  end
end

local function laneFilled(queue, lane, priority)
  if call('ZADD', P .. ':lanes:' .. queue, -priority, lane) == 1 then
    call('SADD', BUSY, queue)
    call('SADD', P .. ':queues', queue)
    tellLeader()
  end
end

local function laneEmptied(queue, lane)
  local lanes = P .. ':lanes:' .. queue
  call('ZREM', lanes, lane)
  if call('EXISTS', lanes) == 0 then
    call('SREM', BUSY, queue)
  end
end

local function listKey(queue, lane)
  return P .. ':r:' .. joined(queue, lane)
end

local function backKey(queue, lane)
  return P .. ':b:' .. joined(queue, lane)
end

local function laneName(rec, suspect)
  local type, priority = typePriorityMostCrashes(rec)
  local kind = suspect and 's' or 'n'
  if kind == 'n' and has(rec, 2) then
    local _, time = overlapKeyOf(rec)
    kind = time < 0 and 'k' or 'o'
  end
  return kind .. priority .. ':' .. type, priority
end

local function hasKeys(lane)
  return string.byte(lane) == 107
end

-- The entry of a job in the list of that lane, its place packed.
local function entryIn(lane, place, id, rec)
  if hasKeys(lane) then
    return place .. id .. (overlapKeyOf(rec)) .. string.char(#id)
  end
  return place .. id
end

local function idIn(lane, entry)
  return string.sub(entry, 8, hasKeys(lane) and 7 + (string.byte(entry, -1) or 0) or -1)
end

-- The place at the beginning of an entry; 0 of what is none.
local function placeIn(entry)
  return #entry > 6 and struct.unpack('>I7', entry) or 0
end

-- Ready in its old place.
local function putBack(id, rec, place)
  local queue = queueOf(rec)
  local lane, priority = laneName(rec, isSuspect(rec))
  call('ZADD', backKey(queue, lane), place, id)
  laneFilled(queue, lane, priority)
end

-- Ready behind all that are.
local function append(id, rec, place)
  local queue, suspect = queueOf(rec), isSuspect(rec)
  local lane, priority = laneName(rec, suspect)
  if suspect then
    call('ZADD', backKey(queue, lane), place, id)
  else
    call('RPUSH', listKey(queue, lane), entryIn(lane, struct.pack('>I7', place), id, rec))
  end
  laneFilled(queue, lane, priority)
end

local function delay(queue, id, due)
  call('ZADD', P .. ':d:' .. queue, due, id)
  call('SADD', P .. ':queues', queue)
  local first = call('ZRANGE', P .. ':due', 0, 0, 'WITHSCORES')
  if not first[2] or due < tonumber(first[2]) then
    tellLeader()
  end
  local own = call('ZSCORE', P .. ':due', queue)
  if not own or due < tonumber(own) then
    call('ZADD', P .. ':due', due, queue)
  end
end

-- Makes due jobs of a queue ready, at most limit, the earliest first; answers how many.
local function promote(queue, limit)
  local delayed = P .. ':d:' .. queue
  local ids = call('ZRANGEBYSCORE', delayed, '-inf', millis, 'LIMIT', 0, limit)
  if #ids > 0 then
    local base = numbers(P .. ':place', #ids)
    for i, id in ipairs(ids) do
      local rec = readable(id, queue)
      if rec then
        append(id, rec, base + i - 1)
      end
    end
    call('ZREM', delayed, unpack(ids))
  end
  local first = call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if first[2] then
    call('ZADD', P .. ':due', first[2], queue)
  else
    call('ZREM', P .. ':due', queue)
  end
  return #ids
end
