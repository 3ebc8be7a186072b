-- Fills pools with ready jobs. ARGV from 8 on are grants: incarnation, pool, limit, queues, types; queues and types are lists in which
-- every name has a zero byte before and behind it, types is empty for all. budget is the most jobs this call assigns.
local FIRST_GRANT, FEW = 8, 64
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

-- Place and entry of the source's first job that was not used yet, or nil.
local function head(source)
  if source.at > #source.buffer then
    flush(source)
    source.buffer, source.at = {}, 1
    if source.list then
      source.buffer = call('LRANGE', source.key, 0, 63)
    else
      local pairs = call('ZRANGE', source.key, 0, 63, 'WITHSCORES')
      for i = 1, #pairs, 2 do
        source.buffer[#source.buffer + 1] = struct.pack('>I7', tonumber(pairs[i + 1])) .. pairs[i]
      end
    end
  end
  local entry = source.buffer[source.at]
  if not entry then
    source.over = true
    return nil
  end
  return struct.unpack('>I7', entry), entry
end

local function use(source)
  source.at = source.at + 1
  source.used = source.used + 1
end

local function addSource(group, queue, lane, key, list)
  local source = {key = key, list = list, kind = string.sub(lane, 1, 1), queue = queue, lane = lane, used = 0, at = 1,
    type = listed(string.match(lane, '^.-:(.*)$')), buffer = {}, over = false}
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
    local lanes = call('ZRANGE', P .. ':lanes:' .. queue, 0, -1, 'WITHSCORES')
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
  while need > 0 do
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
    if open == 1 and best.list and best.kind == 'n' and best.at > #best.buffer then
      flush(best)
      local entries = call('LPOP', best.key, need) or {}
      for _, entry in ipairs(entries) do
        out[#out + 1] = entry
      end
      best.over = #entries < need
      need = need - #entries
    else
      best = nil
      for _, source in ipairs(group) do
        if not source.over and (grant.types == '' or string.find(grant.types, source.type, 1, true))
          and not (source.kind == 's' and grant.suspect) then
          local place, entry = head(source)
          if place and (not best or place < bestPlace) then
            best, bestPlace, bestEntry = source, place, entry
          end
        end
      end
      if best then
        use(best)
        local id, fits = string.sub(bestEntry, 8), true
        if best.kind ~= 'n' then
          local rec = call('HGET', JOBS, id)
          fits = rec and true or false
          if rec and has(rec, 2) then
            local key, expires = overlapKeyOf(rec)
            if call('HEXISTS', P .. ':o', key) == 1 then
              standAside(id, rec, key, bestPlace, best.queue, best.lane)
              fits = false
            else
              holdOverlap(id, key, expires)
            end
          end
          if fits and best.kind == 's' then
            grant.suspect = true
            call('HSET', P .. ':suspects', grant.inc, id)
          end
        end
        if fits then
          out[#out + 1] = bestEntry
          need = need - 1
        end
      end
    end
  end
  return 0
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
      if need > 0 then
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

-- Uses all grants; answers {writes, 1 if the budget ended it else 0, {assigned per grant}, {queue, ready jobs left, …}}.
local function fill(budget)
  expireOverlapKeys(100)
  local assigned, more = {}, 0
  busyCount = call('SCARD', BUSY)
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
  local left = {}
  for queue, groups in pairs(queues) do
    local ready = 0
    for _, group in ipairs(groups) do
      local lanes = {}
      for _, source in ipairs(group) do
        if not lanes[source.lane] then
          lanes[source.lane] = true
          local size = call('LLEN', listKey(queue, source.lane)) + call('ZCARD', backKey(queue, source.lane))
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
    more = 0
  end
  return {written(), more, assigned, left}
end
