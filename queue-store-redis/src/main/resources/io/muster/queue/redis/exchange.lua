-- One round trip of a pool: settles what has ended, then takes.
-- uses: names records ready holds ending running pushing batches
--
-- ARGV 3 incarnation, 4 pool, 5 nonce (8 bytes), 6 most jobs to take, at most 256, 7 most remembered, 8 completed, 9 others, 10 held ids or -1 if not told;
-- then completed, in runs of jobs alike: queue, how many, kinds (1 unique key, 2 overlap key, 4 overlap key that has a time), batch with links before
-- it (u32, u16, text) or empty, what is remembered of each but for its end, as far as it is the same, the rest of all, how many trips, of each its name
-- and a byte for each number in it, see running.lua; then all keys of each of these kinds, in this order;
-- others: id, token, code, two arguments, number of entries that follow, and for each h, id, record and the rest as
-- special.lua has them, or o, id, data and three empty; then held ids.
-- Ids of one call differ. Codes: c completed; d discarded, reason; b back; r released, delay in ms, why; f failed, reason (u32, text)
-- and detail, why. Why: a asked, e exception, t timeout, h held back, which takes
-- its start back.
--
-- A job's own fencing token is the sum of the first one of its trip and its number there. Who took a job that never came back and is not unique until
-- processing tells what is remembered of it once it has completed: its record to the end of its head, as form C. Others that complete have code c.
--
-- Returns {writes, a digit per settlement: 1 accepted, 0 stale, jobs still assigned, first fencing token, {id, record, …},
-- {token, id, record, …} of what is delivered again}, or {-3, status} if the incarnation may not settle.
local inc, pool, most = ARGV[3], ARGV[4], tonumber(ARGV[7])
local status = call('HGET', INCARNATIONS, inc)
local letter = status and string.sub(status, 1, 1)
if letter ~= 'A' and letter ~= 'L' then
  return {-3, (letter == 'B' or call('ZSCORE', P .. ':buried', inc)) and 'buried' or 'unknown'}
end
evenIfFull()
local running, settled, at = runningKey(inc, pool), {}, 11
-- Before anything is settled or taken: a script that fails later has lost what it popped.
local size = answerOf(0, 'HLEN', running)
local trips = {}

local function tripNamed(name)
  if trips[name] == nil then
    trips[name] = #name == TRIP and tripOf(inc, pool, name)
  end
  return trips[name]
end

-- The job's place if the token is its own in any pool; it does not run there any more then.
local function ended(id, token)
  local trip, number = tripNamed(string.sub(token, 1, TRIP)), string.byte(token, TOKEN)
  local entry = trip and number and runs(trip, number) and entryOf(trip, number)
  if not entry or string.sub(entry, 8) ~= id then
    return nil
  end
  strike(trip, number)
  writeTrip(trip)
  return placeIn(entry)
end

local whys = {a = 'releases', e = 'exceptions', t = 'timeouts'}

local function countEnd(t, why)
  if why == 'h' then
    t.starts = t.starts - 1
  else
    t[whys[why]] = t[whys[why]] + 1
  end
end

-- Answers the job's record before that.
local function settle(id, place, code, a, b)
  local rec = readable(id)
  if not rec then
    if call('HGET', P .. ':suspects', inc) == id then
      call('HDEL', P .. ':suspects', inc)
    end
    return
  end
  if code == 'b' then
    comeBack(inc, id, rec, place)
    return rec
  end
  endAttempt(inc, id, rec)
  local base, t = split(rec)
  t.starts = t.starts + 1
  if code == 'c' then
    complete('K', id, rec, t, '', most)
  elseif code == 'd' then
    complete('D', id, rec, t, a, most)
  elseif code == 'f' then
    if b ~= 'a' then
      countEnd(t, b)
    end
    local length = struct.unpack('>I4', a)
    fail(id, rec, place, t, string.sub(a, 5, 4 + length), string.sub(a, 5 + length))
  else
    countEnd(t, b)
    t.since = micros
    local wait = tonumber(a)
    if wait > 0 then
      t.due = math.min(millis + wait, 9e15)
      call('HSET', JOBS, id, join('M', base, t))
      delay(queueOf(rec), id, t.due)
    else
      t.due = -1
      local changed = join('M', base, t)
      call('HSET', JOBS, id, changed)
      append(id, changed, numbers(P .. ':place', 1))
    end
  end
  return rec
end

-- Pushes what follows from a settlement, so many entries from ARGV from on; answers the sum of the links of those of the job's own batch.
-- One of another batch is added to that one, or not pushed if it cannot be.
local function follow(rec, from, entries)
  local links = 0
  for k = from, from + 6 * entries - 1, 6 do
    local id, following = ARGV[k + 1], ARGV[k + 2]
    if ARGV[k] == 'o' then
      leave(id, following)
    else
      local batch, more, own
      if has(following, 16) then
        batch, more = batches().of(following)
        own = rec and has(rec, 16) and batch == batches().of(rec)
      end
      if (not batch or own or batches().judge(batch, queueOf(following)) == 1)
        and pushJob(id, following, tonumber(ARGV[k + 3]), ARGV[k + 4], tonumber(ARGV[k + 5]), numbers(P .. ':place', 1)) == 1 and batch then
        if own then
          links = links + more
        else
          batches().add(batch, more)
        end
      end
    end
  end
  return links
end

local completed = tonumber(ARGV[8])
if completed > 0 then
  local ARGV, byte, sub, gone, tombs, perQueue, ending, n = ARGV, string.byte, string.sub, {}, {}, {}, struct.pack('>I6', millis), 0
  local uniques, owners, untimed, attempts, timed, holders, m = {}, {}, {}, {}, {}, {}, 0
  repeat
    local queue, count, kinds, member = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
    local head, rests, from, offset, before = ARGV[at + 4], ARGV[at + 5], at + 7, #settled, n
    local key, rest, unique, overlap, i = from + 2 * tonumber(ARGV[at + 6]), #rests / count, nil, nil, 0
    local last = key - 1
    if kinds % 2 == 1 then
      unique = key
      key = key + count
    end
    if kinds > 1 then
      overlap = key
      key = key + count
    end
    at, completed = key, completed - count
    local ends = member ~= '' and batches().endsOf(string.sub(member, 7))
    for named = from, last, 2 do
      local trip, some = tripNamed(ARGV[named]), ARGV[named + 1]
      for k = 1, #some do
        local id = trip and strike(trip, byte(some, k))
        -- What is remembered was read from the record when the job was taken; as long as it runs in that trip, the record is what it was then.
        if id then
          n = n + 1
          gone[n] = id
          tombs[2 * n - 1], tombs[2 * n] = id, head .. sub(rests, i * rest + 1, i * rest + rest) .. ending
          if unique then
            uniques[#uniques + 1], owners[#owners + 1] = ARGV[unique + i], id
          end
          if kinds > 3 then
            timed[#timed + 1], holders[#holders + 1] = ARGV[overlap + i], id
          elseif overlap then
            m = m + 1
            untimed[m], attempts[m] = ARGV[overlap + i], id
          end
          if ends then
            ends.succeeded[#ends.succeeded + 1] = id
          end
          settled[offset + i + 1] = '1'
        else
          settled[offset + i + 1] = '0'
        end
        i = i + 1
      end
    end
    if ends then
      ends.added = ends.added - (n - before) * (struct.unpack('>I4', member) - 1)
    end
    perQueue[queue] = (perQueue[queue] or 0) + n - before
  until completed == 0
  if n > 0 then
    for _, trip in pairs(trips) do
      if trip and trip.struck > 0 then
        writeTrip(trip)
      end
    end
    call('HSET', JOBS, unpack(tombs))
    for name, more in pairs(perQueue) do
      if more > 0 then
        call('HINCRBY', P .. ':completed', name, more)
      end
    end
    remember(gone, most)
    if #uniques > 0 then
      freeUniques(uniques, owners)
    end
    if m > 0 then
      freeUntimed(untimed, attempts)
    end
    if #timed > 0 then
      freeTimed(timed, holders)
    end
  end
end

for i = 1, tonumber(ARGV[9]) do
  local id, token, entries = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 5])
  local place = ended(id, token)
  if place then
    local code, argument = ARGV[at + 2], ARGV[at + 3]
    local rec = settle(id, place, code, argument, ARGV[at + 4])
    local following = entries > 0 and follow(rec, at + 6, entries) or 0
    if rec and has(rec, 16) then
      local reason = code == 'f' and string.sub(argument, 5, 4 + struct.unpack('>I4', argument)) or ''
      batches().settled(rec, id, code, reason, following)
    end
  end
  settled[#settled + 1] = place and '1' or '0'
  at = at + 6 + 6 * entries
end
countBatches()

local again, taken, base = {}, {}, 0
local take = tonumber(ARGV[6])
if tonumber(ARGV[10]) >= 0 then
  local held = {}
  for i = at, #ARGV do
    held[ARGV[i]] = true
  end
  eachRunning(running, function(trip, number)
    local id = string.sub(entryOf(trip, number), 8)
    local rec = not held[id] and call('HGET', JOBS, id)
    if rec then
      again[#again + 1] = trip.name .. string.char(number)
      again[#again + 1] = id
      again[#again + 1] = rec
    end
  end)
  take = take - #again / 3
end
local assigned = assignedKey(inc, pool)
local entries = take > 0 and answerOf(false, 'LPOP', assigned, take)
if entries then
  local ids, byte, char, sub = {}, string.byte, string.char, string.sub
  for i = 1, #entries do
    ids[i] = sub(entries[i], 8)
  end
  local records = call('HMGET', JOBS, unpack(ids))
  base = numbers(P .. ':fencing', #ids)
  local jobs, n
  local function begin()
    jobs, taken, n = {}, {}, 0
    for i = 1, #ids do
      local rec, entry = records[i], entries[i]
      if rec then
        local flags = byte(rec, 2)
        n = n + 1
        jobs[2 * n - 1], jobs[2 * n] = char(n - 1, #ids[i]), entry
        if flags % 8 >= 4 then
          assert(flags % 2 == 1)
          freeUnique(ids[i], rec)
        end
        taken[2 * n - 1], taken[2 * n] = ids[i], rec
      end
    end
  end
  -- What nobody of ours has written is found where it cannot be read, and costs nothing else.
  if not pcall(begin) then
    for i = 1, #ids do
      if records[i] and not sound(records[i]) then
        condemn(ids[i], records[i])
        records[i] = false
      end
    end
    begin()
  end
  if size == 0 then
    call('HSET', running, '\255', string.rep(' ', 72))
  end
  if n > 0 then
    call('HSET', running, struct.pack('>I8', base) .. ARGV[5], table.concat(jobs))
    countRunning(running, n)
  end
end
local waiting = answerOf(0, 'LLEN', assigned)
if letter == 'L' then
  buryIfGone(inc)
end
return {written(), table.concat(settled), waiting, base, taken, again}
