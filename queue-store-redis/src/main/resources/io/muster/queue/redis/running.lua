-- What incarnations hold.
--
-- What one call of a pool takes is a trip: a field of its own in what runs there, named by the call's first fencing token (u64) and its nonce (8 bytes).
-- Its value has of each job its number in the trip, from 0 and rising, the length of the id (one byte each), the place (u56) and the id. As soon as some
-- of them, but not all, have ended, a field of that name and an e says how many (one byte), then by a bit for each number which. Once few are left,
-- the value is written anew with those alone, so that what runs does not cost what ran with it. Field '' counts what runs in all trips; a long one
-- keeps the hash a table, see keepTable.
--
-- The token of an attempt is the name of its trip and its number there (one byte).
local TRIP, TOKEN, FEW_LEFT = 16, 17, 8

-- A trip as its fields say: by the number of each of its jobs where it begins, at its place; the last number, how many jobs; which of them have ended, by
-- bits, and how many.
local function readTrip(key, name, value, bits)
  local trip, at, byte, count, last = {key = key, name = name, value = value, struck = 0}, 3, string.byte, 0, -1
  local past, number, length = #value + 3, nil, nil
  while at < past do
    number, length = byte(value, at - 2, at - 1)
    count = count + 1
    trip[number] = at
    last = number > last and number or last
    at = at + 9 + (length or 0)
  end
  if at > past then
    -- A value that somebody has cut ends with the last job that is whole.
    trip[number] = nil
    count = count - 1
  end
  trip.count, trip.last, trip.ended, trip.over = count, last, 0, {}
  local groups = math.floor(last / 8) + 1
  if bits and #bits == groups + 1 then
    trip.ended = byte(bits)
    trip.over = {byte(bits, 2, -1)}
  else
    for i = 1, groups do
      trip.over[i] = 0
    end
  end
  return trip
end

-- Place and id of a job of a trip.
local function entryOf(trip, number)
  local at = trip[number]
  return string.sub(trip.value, at, at + 6 + string.byte(trip.value, at - 1))
end

local function runs(trip, number)
  return trip[number] and bit.band(trip.over[math.floor(number / 8) + 1], bit.lshift(1, number % 8)) == 0
end

-- The id of that job of a trip, if it ran; it has ended, which writeTrip has to write before anything follows from it.
local function strike(trip, number)
  local at, group, one = trip[number], math.floor(number / 8) + 1, bit.lshift(1, number % 8)
  if at and bit.band(trip.over[group], one) == 0 then
    trip.over[group] = trip.over[group] + one
    trip.struck = trip.struck + 1
    trip.ended = trip.ended + 1
    return string.sub(trip.value, at + 7, at + 6 + string.byte(trip.value, at - 1))
  end
  return nil
end

-- Calls look(trip, number) for all of a trip that runs.
local function eachOf(trip, look)
  for number = 0, trip.last do
    if runs(trip, number) then
      look(trip, number)
    end
  end
end

-- The same for all that runs in a pool.
local function eachRunning(key, look)
  local fields, all = {}, answerOf({}, 'HGETALL', key)
  for i = 1, #all, 2 do
    fields[all[i]] = all[i + 1]
  end
  for name, value in pairs(fields) do
    if #name == TRIP then
      eachOf(readTrip(key, name, value, fields[name .. 'e']), look)
    end
  end
end

local function counted(key)
  local count = 0
  eachRunning(key, function()
    count = count + 1
  end)
  return count
end

-- More run there, or fewer.
local function countRunning(key, more)
  if type(redis.pcall('HINCRBY', key, '', more)) == 'table' then
    call('HSET', key, '', counted(key))
  end
end

local function isOver(trip)
  if trip.count == trip.last + 1 then
    local groups, rest = math.floor(trip.count / 8), trip.count % 8
    for i = 1, groups do
      if trip.over[i] ~= 255 then
        return false
      end
    end
    return rest == 0 or trip.over[groups + 1] % 2 ^ rest == 2 ^ rest - 1
  end
  for number = 0, trip.last do
    if runs(trip, number) then
      return false
    end
  end
  return true
end

-- Nothing of what has ended is there any more.
local function thinOut(trip)
  local left = {}
  eachOf(trip, function(_, number)
    local at = trip[number]
    left[#left + 1] = string.sub(trip.value, at - 2, at + 6 + string.byte(trip.value, at - 1))
  end)
  local thin = readTrip(trip.key, trip.name, table.concat(left))
  for number = 0, trip.last do
    trip[number] = thin[number]
  end
  trip.value, trip.count, trip.last, trip.ended, trip.over = thin.value, thin.count, thin.last, 0, thin.over
  call('HSET', trip.key, trip.name, trip.value)
  call('HDEL', trip.key, trip.name .. 'e')
end

local function writeTrip(trip)
  if isOver(trip) then
    call('HDEL', trip.key, trip.name, trip.name .. 'e')
  elseif FEW_LEFT * (trip.count - trip.ended) <= trip.count then
    thinOut(trip)
  else
    call('HSET', trip.key, trip.name .. 'e', string.char(math.min(trip.ended, 255), unpack(trip.over)))
  end
  countRunning(trip.key, -trip.struck)
  trip.struck = 0
end

-- The trip of that name in this pool of the incarnation, or in another one; or false.
local function tripOf(inc, pool, name)
  local key = runningKey(inc, pool)
  local fields = answerOf({}, 'HMGET', key, name, name .. 'e')
  if fields[1] then
    return readTrip(key, name, fields[1], fields[2])
  end
  for _, other in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    key = runningKey(inc, other)
    fields = answerOf({}, 'HMGET', key, name, name .. 'e')
    if fields[1] then
      return readTrip(key, name, fields[1], fields[2])
    end
  end
  return false
end

-- Trips with so many running jobs in all, or all that there are. Nothing may change the pool's hash meanwhile.
local function someTrips(inc, pool, most)
  local key, trips, seen, cursor = runningKey(inc, pool), {}, {}, '0'
  repeat
    local page = answerOf({'0', {}}, 'HSCAN', key, cursor, 'COUNT', 4)
    cursor = page[1]
    for i = 1, #page[2], 2 do
      local name = page[2][i]
      if #name == TRIP and not seen[name] and most > 0 then
        local trip = readTrip(key, name, page[2][i + 1], call('HGET', key, name .. 'e'))
        seen[name] = true
        trips[#trips + 1] = trip
        eachOf(trip, function()
          most = most - 1
        end)
      end
    end
  until cursor == '0' or most <= 0
  return trips
end

local function isRunning(inc, pool, id)
  local key, found = runningKey(inc, pool), false
  local all = answerOf({}, 'HGETALL', key)
  for i = 1, #all, 2 do
    if #all[i] == TRIP and string.find(all[i + 1], id, 1, true) then
      eachOf(readTrip(key, all[i], all[i + 1], call('HGET', key, all[i] .. 'e')), function(trip, number)
        found = found or string.sub(entryOf(trip, number), 8) == id
      end)
    end
  end
  return found
end

local function runningCount(inc, pool)
  local key = runningKey(inc, pool)
  local count = tonumber(answerOf(false, 'HGET', key, ''))
  return count and count > 0 and count or counted(key)
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
