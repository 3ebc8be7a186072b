-- Records of jobs: bytes that the client makes and that scripts hardly look into. Numbers are big-endian.
--
-- 1 form: F never came back; M came back, with a tail; X failed, with a tail; C completed; K completed, with counters; D discarded
-- 2 flags: 1 unique key, 2 overlap key, 4 unique until processing, 8 due moment, 16 batch, 32 tells its failure
-- 3 head: its last byte (u16), queue (u16, text), type (u16, text), priority (i16), maxCrashes (u32), pushed (u48 ms), due (i64 ms)
-- then unique key (u16, text), overlap key (i64 ms of its time or -1, u16, text), batch (u32 links, u16, text), payload
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
