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

local TOKEN = 24

-- The token in front of what is kept of a job that runs.
local function tokenOf(value)
  return value and string.sub(value, 1, TOKEN)
end

-- What runs in a pool: ids and tokens in turn.
local function runningOf(inc, pool)
  local all, running = answerOf({}, 'HGETALL', runningKey(inc, pool)), {}
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      running[#running + 1] = all[i]
      running[#running + 1] = tokenOf(all[i + 1])
    end
  end
  return running
end

-- Some of that, most at most; all if there are not more. Nothing may change the pool's hash meanwhile.
local function someRunning(inc, pool, most)
  local found, seen, cursor = {}, {}, '0'
  repeat
    local page = answerOf({'0', {}}, 'HSCAN', runningKey(inc, pool), cursor, 'COUNT', most)
    local some = page[2]
    cursor = page[1]
    for i = 1, #some, 2 do
      if some[i] ~= '' and not seen[some[i]] and #found < 2 * most then
        seen[some[i]] = true
        found[#found + 1] = some[i]
        found[#found + 1] = tokenOf(some[i + 1])
      end
    end
  until cursor == '0' or #found >= 2 * most
  return found
end

local function runningCount(inc, pool)
  return math.max(0, answerOf(0, 'HLEN', runningKey(inc, pool)) - 1)
end

local function placeOf(token)
  return #token == TOKEN and (struct.unpack('>I7', token, 18)) or 0
end

local function heldBy(inc)
  local held = 0
  for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    held = held + answerOf(0, 'LLEN', assignedKey(inc, pool)) + runningCount(inc, pool)
  end
  return held
end

-- Nothing is left under a buried incarnation: only its name is remembered.
local function forgetLife(inc)
  for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    call('DEL', assignedKey(inc, pool), runningKey(inc, pool))
  end
  call('DEL', P .. ':pools:' .. inc)
  call('HDEL', INCARNATIONS, inc)
  call('HDEL', P .. ':suspects', inc)
end

-- The last job of a leaving incarnation has ended.
local function buryIfGone(inc)
  if heldBy(inc) == 0 then
    call('ZADD', P .. ':buried', millis, inc)
    forgetLife(inc)
    return true
  end
  return false
end
