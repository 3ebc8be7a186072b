-- Records of jobs: bytes that the client makes and that scripts hardly look into. Numbers are big-endian.
--
-- 1 form: F never came back; M came back, with a tail; X failed, with a tail; C completed; K completed, with counters; D discarded
-- 2 flags: 1 unique key, 2 overlap key, 4 unique until processing, 8 due moment, 16 batch, 32 tells its failure
-- 3 head: its last byte (u16), queue (u16, text), type (u16, text), priority (i16), maxCrashes (u32), pushed (u48 ms), due (i64 ms)
-- then unique key (u16, text), overlap key (i64 ms of its time or -1, u16, text), batch (u32 links, u16, text), payload
-- A record that is none of these was written by somebody else: sound tells, and condemn makes it a failed job.
-- tail of M, X: ready since (u64 microseconds), due (i64 ms or -1), six counters (u32)
-- after the head of C, K, D nothing of that, but: end (u48 ms); K, D: counters; D: reason
local TAIL = '>I8i8I4I4I4I4I4I4'

local function has(rec, flag)
  return bit.band(string.byte(rec, 2), flag) ~= 0
end

local function headEnd(rec)
  local high, low = string.byte(rec, 3, 4)
  return high * 256 + low
end

local function queueOf(rec)
  local high, low = string.byte(rec, 5, 6)
  return string.sub(rec, 7, 6 + high * 256 + low)
end

local function typePriorityMostCrashes(rec)
  local at = 7 + #queueOf(rec)
  local length = struct.unpack('>I2', rec, at)
  local type = string.sub(rec, at + 2, at + 1 + length)
  local priority, most = struct.unpack('>i2I4', rec, at + 2 + length)
  return type, priority, most
end

local function uniqueKeyOf(rec)
  local at = headEnd(rec) + 1
  local length = struct.unpack('>I2', rec, at)
  return string.sub(rec, at + 2, at + 1 + length)
end

local function overlapKeyOf(rec)
  local at = headEnd(rec) + 1
  if has(rec, 1) then
    at = at + 2 + struct.unpack('>I2', rec, at)
  end
  local expires, length = struct.unpack('>i8I2', rec, at)
  return string.sub(rec, at + 10, at + 9 + length), expires
end

-- The record without its tail, and the tail as a table.
local function split(rec)
  if string.byte(rec, 1) == 70 then
    return rec, {since = 0, due = -1, starts = 0, releases = 0, exceptions = 0, timeouts = 0, crashes = 0, suspect = 0}
  end
  local since, due, starts, releases, exceptions, timeouts, crashes, suspect = struct.unpack(TAIL, rec, #rec - 39)
  return string.sub(rec, 1, -41), {since = since, due = due, starts = starts, releases = releases,
    exceptions = exceptions, timeouts = timeouts, crashes = crashes, suspect = suspect}
end

local function counters(t)
  return struct.pack('>I4I4I4I4I4I4', t.starts, t.releases, t.exceptions, t.timeouts, t.crashes, t.suspect)
end

local function join(form, base, t)
  return form .. string.sub(base, 2) .. struct.pack('>I8i8', t.since, t.due) .. counters(t)
end

-- Whether a record is one.
local function sound(rec)
  local form, flags, high, low, queueHigh, queueLow = string.byte(rec, 1, 6)
  if not queueLow or not string.find('FMXCKD', string.char(form), 1, true) then
    return false
  end
  local at = 7 + queueHigh * 256 + queueLow
  local typeHigh, typeLow = string.byte(rec, at, at + 1)
  if not typeLow then
    return false
  end
  at = at + 14 + typeHigh * 256 + typeLow + (flags % 16 >= 8 and 8 or 0)
  if high * 256 + low ~= at - 1 or #rec < at - 1 then
    return false
  end
  if form == 67 or form == 75 or form == 68 then
    return #rec >= at - 1 + (form == 67 and 6 or 30)
  end
  -- Until processing is said of a unique key only.
  if flags % 8 >= 4 and flags % 2 == 0 then
    return false
  end
  for _, key in ipairs({{1, 0}, {2, 8}, {16, 4}}) do
    if bit.band(flags, key[1]) ~= 0 then
      local keyHigh, keyLow = string.byte(rec, at + key[2], at + key[2] + 1)
      if not keyLow then
        return false
      end
      at = at + key[2] + 2 + keyHigh * 256 + keyLow
    end
  end
  return #rec >= at - 1 + (form == 70 and 0 or 40)
end

-- A record that nobody can read: its job fails, with what stands there as its payload, and is kept, on its queue as far as that is known. Which keys
-- and batch it had nobody knows.
local function condemn(id, rec, queue)
  local known, type = queue or 'default', 'unreadable'
  local reason = 'Record is unreadable: it was not written by this version of Muster'
  local place = numbers(P .. ':place', 1)
  call('HSET', JOBS, id, 'X\0' .. struct.pack('>I2I2', 20 + #known + #type, #known) .. known .. struct.pack('>I2', #type) .. type
    .. struct.pack('>i2I4I6', 0, 3, millis) .. rec .. struct.pack('>I8i8I4I4I4I4I4I4', 0, -1, 0, 0, 0, 0, 0, 0))
  call('HSET', P .. ':why', id, struct.pack('>I4', #reason) .. reason)
  call('ZADD', P .. ':failed:' .. known, place, id)
  call('ZADD', P .. ':failedAt', millis, id)
  call('SADD', P .. ':queues', known)
  damaged('Job ' .. id .. ' fails, its record is unreadable')
end

-- The job's record if it is one; one that is none is condemned.
local function readable(id, queue)
  local rec = call('HGET', JOBS, id)
  if rec and not sound(rec) then
    condemn(id, rec, queue)
    return false
  end
  return rec
end

-- Of a failed job whose record may be no record, from wherever it is listed.
local function unlistFailed(id, rec)
  if sound(rec) then
    call('ZREM', P .. ':failed:' .. queueOf(rec), id)
  else
    for _, queue in ipairs(call('SMEMBERS', P .. ':queues')) do
      call('ZREM', P .. ':failed:' .. queue, id)
    end
  end
end

local function isSuspect(rec)
  local form = string.byte(rec, 1)
  if form ~= 77 then
    return false
  end
  local _, t = split(rec)
  return t.crashes > 0
end

local function isLive(rec)
  local form = string.byte(rec, 1)
  return form == 70 or form == 77
end
