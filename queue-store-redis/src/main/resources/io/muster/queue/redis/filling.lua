-- Fills pools with ready jobs. ARGV from 8 on are grants: incarnation, pool, limit, queues, types; queues and types are lists in which
-- every name has a zero byte before and behind it, types is empty for all. budget is the most jobs this call assigns.
local FIRST_GRANT, FEW = 8, 64
-- Jobs with keys, or records, which have their payloads, that are looked at together; and jobs that stand aside by one call.
local MOST_KEYS, MOST_RECORDS, MOST_ASIDE = 128, 64, 200
local queues, sources = {}, {}
-- How many queues have something, and which: asked for once it matters.
local busyCount, busy = 0, nil

local function listed(name)
  return '\0' .. string.gsub(name, '[%z\1]', {['\0'] = '\1\2', ['\1'] = '\1\1'}) .. '\0'
end

local function namesOf(list)
  local names = {}
  for name in string.gmatch(list, '%Z+') do
    names[#names + 1] = string.gsub(name, '\1[\1\2]', {['\1\2'] = '\0', ['\1\1'] = '\1'})
  end
  return names
end

-- Which overlap keys are held, as far as this call knows: nothing frees one while it fills. Keys that it has taken, those with a time each followed by
-- its holder, are written at the end, but for those that were taken as a whole before it knew of any.
local holds, untimed, timed = {}, {}, {}
-- Whether holders are kept, of keys with a time or by an earlier version.
local holdersKept
local aside = 0

-- Whether the job has its overlap key now; else it stands aside.
local function holdOverlap(source, wish, entry)
  local id, key, expires = wish[1], wish[3], wish[4]
  if holds[key] then
    standAside(id, key, struct.unpack('>I7', entry), source.queue, source.lane)
    aside = aside + 1
    return false
  end
  holds[key] = true
  if expires < 0 then
    untimed[#untimed + 1] = key
  else
    timed[#timed + 1] = key
    timed[#timed + 1] = entry
    call('ZADD', P .. ':ox', millis + expires, key)
  end
  return true
end

-- Before anything is popped: a script that fails later, since one of these is of another type, has lost that.
local function tablesOfKeys()
  local size = call('HLEN', TIMED)
  call('SCARD', UNTIMED)
  call('SCARD', P .. ':waited')
  holdersKept = size > 1 or size == 1 and call('HEXISTS', TIMED, '\255') == 0
end

-- Whether one of these keys is held, which is to be asked of holds then, or any may be.
local function lookAt(keys)
  if #keys > 0 then
    local kept = holdersKept and call('HMGET', TIMED, unpack(keys))
    for i, held in ipairs(call('SMISMEMBER', UNTIMED, unpack(keys))) do
      if holds[keys[i]] == nil then
        holds[keys[i]] = held == 1 or (kept and kept[i] and true or false)
      end
    end
  end
end

-- What has to be known of the jobs of these entries, which are place and id, before one of them can be had: a list of {id, whether it is there,
-- overlap key or nil, ms of its time}.
local function wishesOf(entries, queue)
  local ids, wishes, keys = {}, {}, {}
  for i, entry in ipairs(entries) do
    ids[i] = string.sub(entry, 8)
  end
  for i, rec in ipairs(#ids > 0 and call('HMGET', JOBS, unpack(ids)) or {}) do
    if rec and not sound(rec) then
      condemn(ids[i], rec, queue)
      rec = false
    end
    local wish = {ids[i], rec and true or false}
    if rec and has(rec, 2) then
      wish[3], wish[4] = overlapKeyOf(rec)
      keys[#keys + 1] = wish[3]
    end
    wishes[i] = wish
  end
  lookAt(keys)
  return wishes
end

-- As wishesOf, of entries of a list of kind k; makes them place and id.
local function wishesIn(entries)
  local wishes, keys = {}, {}
  for i, entry in ipairs(entries) do
    local last = 7 + (string.byte(entry, -1) or 0)
    local key = string.sub(entry, last + 1, -2)
    wishes[i] = {string.sub(entry, 8, last), last > 7 and last < #entry, key, -1}
    keys[i] = key
    entries[i] = string.sub(entry, 1, last)
  end
  lookAt(keys)
  return wishes
end

-- Holds all these keys, none of them timed, or none of them: one may be held, or be there twice.
local function holdAll(keys)
  local held = call('SMISMEMBER', UNTIMED, unpack(keys))
  for i = 1, #keys do
    if held[i] == 1 then
      return false
    end
  end
  for _, holder in ipairs(holdersKept and call('HMGET', TIMED, unpack(keys)) or {}) do
    if holder then
      return false
    end
  end
  keepSetTable(UNTIMED)
  if call('SADD', UNTIMED, unpack(keys)) == #keys then
    return true
  end
  call('SREM', UNTIMED, unpack(keys))
  return false
end

-- Those entries of a list of kind k that name a job and a key; others were written by somebody else.
local function wholeOf(entries, queue)
  local whole = {}
  for _, entry in ipairs(entries) do
    local last = 7 + (string.byte(entry, -1) or 0)
    if last < 8 or last >= #entry then
      damaged('An entry of queue ' .. queue .. ' names no job, and is dropped')
    else
      whole[#whole + 1] = entry
    end
  end
  return whole
end

-- Adds those entries of a list of kind k whose keys can be had; answers how many.
local function addHolding(source, entries, out)
  local count, before, keys, cut, byte, sub = #entries, #out, {}, {}, string.byte, string.sub
  for i = 1, count do
    local entry = entries[i]
    local last = 7 + (byte(entry, -1) or 0)
    if last < 8 or last >= #entry then
      return addHolding(source, wholeOf(entries, source.queue), out)
    end
    keys[i], cut[i] = sub(entry, last + 1, -2), sub(entry, 1, last)
  end
  if count > 0 and next(holds) == nil and holdAll(keys) then
    for i = 1, count do
      out[before + i] = cut[i]
    end
    return count
  end
  lookAt(keys)
  local n = #untimed
  for i = 1, count do
    local key, entry = keys[i], cut[i]
    if holds[key] then
      holdOverlap(source, {string.sub(entry, 8), true, key, -1}, entry)
    else
      holds[key] = true
      n = n + 1
      untimed[n] = key
      out[#out + 1] = entry
    end
  end
  return #out - before
end

local function flush(source)
  if source.used > 0 then
    if source.list then
      call('LPOP', source.key, source.used)
    else
      call('ZREMRANGEBYRANK', source.key, 0, source.used - 1)
    end
    source.used = 0
  end
end

-- Place and entry of the source's first job that was not used yet, or nil. So many are needed.
local function head(source, need)
  if source.at > #source.buffer then
    flush(source)
    source.buffer, source.at = {}, 1
    local last = source.kind == 'n' and 63 or math.min(need, MOST_RECORDS) - 1
    if source.list then
      source.buffer = answerOf({}, 'LRANGE', source.key, 0, last)
    else
      local pairs = answerOf({}, 'ZRANGE', source.key, 0, last, 'WITHSCORES')
      for i = 1, #pairs, 2 do
        source.buffer[#source.buffer + 1] = struct.pack('>I7', tonumber(pairs[i + 1])) .. pairs[i]
      end
    end
    if source.list and source.kind == 'k' then
      source.wishes = wishesIn(source.buffer)
    elseif source.kind ~= 'n' then
      source.wishes = wishesOf(source.buffer, source.queue)
    end
  end
  local entry = source.buffer[source.at]
  if not entry then
    source.over = true
    return nil
  end
  return placeIn(entry), entry
end

local function use(source)
  source.at = source.at + 1
  source.used = source.used + 1
end

local function addSource(group, queue, lane, key, list)
  local source = {key = key, list = list, kind = string.sub(lane, 1, 1), queue = queue, lane = lane, used = 0, at = 1,
    type = listed(string.match(lane, '^.-:(.*)$') or ''), buffer = {}, over = false}
  group[#group + 1] = source
  sources[#sources + 1] = source
end

-- The queue's sources, grouped by priority, the most wanted first; none if it is paused.
local function groupsOf(queue)
  if queues[queue] then
    return queues[queue]
  end
  local groups, last = {}, nil
  if call('SISMEMBER', PAUSED, queue) == 0 then
    local lanes = answerOf({}, 'ZRANGE', P .. ':lanes:' .. queue, 0, -1, 'WITHSCORES')
    for i = 1, #lanes, 2 do
      if lanes[i + 1] ~= last then
        groups[#groups + 1] = {}
        last = lanes[i + 1]
      end
      local group = groups[#groups]
      addSource(group, queue, lanes[i], listKey(queue, lanes[i]), true)
      if call('EXISTS', backKey(queue, lanes[i])) == 1 then
        addSource(group, queue, lanes[i], backKey(queue, lanes[i]), false)
      end
    end
  end
  queues[queue] = groups
  return groups
end

local function takeFrom(group, grant, out, need)
  while need > 0 and aside < MOST_ASIDE do
    local best, bestPlace, bestEntry, open = nil, nil, nil, 0
    for _, source in ipairs(group) do
      if not source.over and (grant.types == '' or string.find(grant.types, source.type, 1, true))
        and not (source.kind == 's' and grant.suspect) then
        open = open + 1
        best = source
      end
    end
    if open == 0 then
      return need
    end
    if open == 1 and best.list and (best.kind == 'n' or best.kind == 'k') and best.at > #best.buffer then
      flush(best)
      local most = best.kind == 'n' and need or math.min(need, MOST_KEYS)
      local entries = answerOf(false, 'LPOP', best.key, most) or {}
      best.over = #entries < most
      if best.kind == 'n' then
        for _, entry in ipairs(entries) do
          out[#out + 1] = entry
        end
        need = need - #entries
      else
        need = need - addHolding(best, entries, out)
      end
    else
      best = nil
      for _, source in ipairs(group) do
        if not source.over and (grant.types == '' or string.find(grant.types, source.type, 1, true))
          and not (source.kind == 's' and grant.suspect) then
          local place, entry = head(source, need)
          if place and (not best or place < bestPlace) then
            best, bestPlace, bestEntry = source, place, entry
          end
        end
      end
      if best then
        local wish, fits = best.wishes and best.wishes[best.at], true
        use(best)
        if wish then
          fits = wish[2] and (not wish[3] or holdOverlap(best, wish, bestEntry))
          if fits and best.kind == 's' then
            grant.suspect = true
            call('HSET', P .. ':suspects', grant.inc, wish[1])
          end
        end
        if fits then
          out[#out + 1] = bestEntry
          need = need - 1
        end
      end
    end
  end
  return need
end

-- Which of the queues that have something the grant names, the most wanted first: by a look at each such queue where they are few, by a
-- question for each name of the grant where those are fewer.
local function wantedQueues(list)
  local wanted, names = {}, nil
  if busyCount > FEW then
    names = namesOf(list)
  end
  if names and #names < busyCount then
    for from = 1, #names, FEW do
      local some = {unpack(names, from, math.min(from + FEW - 1, #names))}
      for i, has in ipairs(call('SMISMEMBER', BUSY, unpack(some))) do
        if has == 1 then
          wanted[#wanted + 1] = some[i]
        end
      end
    end
    return wanted
  end
  busy = busy or call('SMEMBERS', BUSY)
  local positions = {}
  for _, queue in ipairs(busy) do
    local position = string.find(list, listed(queue), 1, true)
    if position then
      positions[queue] = position
      wanted[#wanted + 1] = queue
    end
  end
  table.sort(wanted, function(a, b) return positions[a] < positions[b] end)
  return wanted
end

local function fillPool(grant, need)
  local out = {}
  for _, queue in ipairs(wantedQueues(grant.queues)) do
    for _, group in ipairs(groupsOf(queue)) do
      if need > 0 and aside < MOST_ASIDE then
        need = takeFrom(group, grant, out, need)
      end
    end
    if need <= 0 then
      break
    end
  end
  if #out > 0 then
    local assigned = assignedKey(grant.inc, grant.pool)
    if call('RPUSH', assigned, unpack(out)) == #out then
      call('PUBLISH', C .. ':to:' .. grant.inc, '')
    end
    call('SADD', P .. ':pools:' .. grant.inc, grant.pool)
  end
  return #out
end

-- Uses all grants; answers {writes, 1 if the budget ended it, 2 if it ended since so many stood aside, else 0, {assigned per grant}, {queue, ready jobs
-- left, …}}.
local function fill(budget)
  expireOverlapKeys(100)
  local assigned, more = {}, 0
  busyCount = call('SCARD', BUSY)
  if busyCount > 0 then
    tablesOfKeys()
  end
  for at = FIRST_GRANT, #ARGV, 5 do
    local grant = {inc = ARGV[at], pool = ARGV[at + 1], queues = ARGV[at + 3], types = ARGV[at + 4]}
    local done = 0
    local status = busyCount > 0 and call('HGET', INCARNATIONS, grant.inc)
    if status and string.sub(status, 1, 1) == 'A' then
      local need = tonumber(ARGV[at + 2]) - call('LLEN', assignedKey(grant.inc, grant.pool))
        - runningCount(grant.inc, grant.pool)
      if need > budget then
        need, more = budget, 1
      end
      if need > 0 then
        grant.suspect = call('HEXISTS', P .. ':suspects', grant.inc) == 1
        done = fillPool(grant, need)
        budget = budget - done
      else
        -- A full pool: the leader is to know all the same that jobs wait for it.
        for _, queue in ipairs(wantedQueues(grant.queues)) do
          groupsOf(queue)
        end
      end
    end
    assigned[#assigned + 1] = done
  end
  for _, source in ipairs(sources) do
    flush(source)
  end
  if #untimed > 0 then
    keepSetTable(UNTIMED)
    call('SADD', UNTIMED, unpack(untimed))
  end
  if #timed > 0 then
    keepTable(TIMED)
    call('HSET', TIMED, unpack(timed))
  end
  local left = {}
  for queue, groups in pairs(queues) do
    local ready = 0
    for _, group in ipairs(groups) do
      local lanes = {}
      for _, source in ipairs(group) do
        if not lanes[source.lane] then
          lanes[source.lane] = true
          local size = answerOf(0, 'LLEN', listKey(queue, source.lane)) + answerOf(0, 'ZCARD', backKey(queue, source.lane))
          ready = ready + size
          if size == 0 then
            laneEmptied(queue, source.lane)
          end
        end
      end
    end
    left[#left + 1] = queue
    left[#left + 1] = ready
  end
  if budget > 0 then
    more = aside < MOST_ASIDE and 0 or 2
  end
  return {written(), more, assigned, left}
end
