-- How attempts and jobs end. Whoever calls has removed the job from where it was assigned or ran.
local function endAttempt(inc, id, rec)
  if has(rec, 2) then
    local key, time = overlapKeyOf(rec)
    local free = time < 0 and freeUntimed or freeTimed
    free({key}, {id})
  end
  if string.byte(rec, 1) == 77 and call('HGET', P .. ':suspects', inc) == id then
    call('HDEL', P .. ':suspects', inc)
    tellLeader()
  end
end

-- Ready in its old place; nothing, or what change says, is counted.
local function comeBack(inc, id, rec, place, change)
  endAttempt(inc, id, rec)
  local base, t = split(rec)
  t.since = micros
  if change then
    change(t)
  end
  local changed = join('M', base, t)
  call('HSET', JOBS, id, changed)
  putBack(id, changed, place)
end

-- A failed job, which was ready or whose attempt has ended.
local function fail(id, rec, place, t, reason, detail)
  if has(rec, 1) then
    freeUnique(id, rec)
  end
  local base = split(rec)
  local queue = queueOf(rec)
  call('HSET', JOBS, id, join('X', base, t))
  call('HSET', P .. ':why', id, struct.pack('>I4', #reason) .. reason .. detail)
  call('ZADD', P .. ':failed:' .. queue, place, id)
  call('ZADD', P .. ':failedAt', millis, id)
end

-- Remembers jobs that completed or were discarded, and forgets the oldest beyond most.
local function remember(ids, most)
  local kept = call('RPUSH', P .. ':done', unpack(ids))
  if kept > most then
    local old = call('LPOP', P .. ':done', math.min(kept - most, 2 * #ids))
    call('HDEL', JOBS, unpack(old))
    call('INCRBY', P .. ':doneOut', #old)
  end
end

local function complete(form, id, rec, t, reason, most)
  if has(rec, 1) then
    freeUnique(id, rec)
  end
  call('HSET', JOBS, id, form .. string.sub(rec, 2, headEnd(rec)) .. struct.pack('>I6', millis) .. counters(t) .. reason)
  call('HINCRBY', P .. ':completed', queueOf(rec), 1)
  remember({id}, most)
end

-- Takes the untaken jobs of a pool back, the newest first; answers how many.
local function takeBackUntaken(inc, pool, limit)
  local key = assignedKey(inc, pool)
  local entries = limit > 0 and answerOf(false, 'RPOP', key, limit) or {}
  for _, entry in ipairs(entries or {}) do
    local id = string.sub(entry, 8)
    local rec = readable(id)
    if rec then
      comeBack(inc, id, rec, placeIn(entry))
    end
  end
  return entries and #entries or 0
end
