-- Buries an incarnation and takes back what it held.
-- uses: names fence records ready holds ending running pushing batches failing
--
-- ARGV 3-5 fence, 6 incarnation, 7 most jobs, 8 reason of a job that crashed too often.
-- Returns {writes, untaken, crashed, failed, 1 if nothing is left else 0}.
local inc, budget = ARGV[6], tonumber(ARGV[7])
local untaken, crashed, failed = 0, 0, 0
call('ZADD', P .. ':buried', 'NX', millis, inc)
local status = call('HGET', INCARNATIONS, inc)
if status and string.sub(status, 1, 1) ~= 'B' then
  call('HSET', INCARNATIONS, inc, 'B' .. string.sub(status, 2))
end
local survived = call('SISMEMBER', P .. ':survived', inc) == 1

local function crash(t)
  t.suspect = t.crashes > 0 and t.suspect + 1 or t.suspect
  t.crashes = t.crashes + 1
end

local function reclaim(id, rec, place)
  local base, t = split(rec)
  crash(t)
  local _, _, most = typePriorityMostCrashes(rec)
  if not survived and t.suspect >= most then
    endAttempt(inc, id, rec)
    failUntold(id, rec, place, t, ARGV[8], 'Lost with incarnation ' .. inc)
    failed = failed + 1
    return
  end
  if not survived then
    call('SADD', P .. ':crashed:' .. inc, id)
  end
  comeBack(inc, id, rec, place, not survived and crash or nil)
  crashed = crashed + 1
end

for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
  local back = takeBackUntaken(inc, pool, budget)
  untaken = untaken + back
  budget = budget - back
end
for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
  for _, trip in ipairs(budget > 0 and someTrips(inc, pool, budget) or {}) do
    local lost = {}
    for number = 0, trip.last do
      if budget > 0 and runs(trip, number) then
        lost[#lost + 1] = {strike(trip, number), placeIn(entryOf(trip, number))}
        budget = budget - 1
      end
    end
    writeTrip(trip)
    for _, job in ipairs(lost) do
      local rec = readable(job[1])
      if rec then
        reclaim(job[1], rec, job[2])
      end
    end
  end
  -- Whatever else somebody has put there is in nobody's way.
  if budget > 0 then
    call('DEL', runningKey(inc, pool))
  end
end
countBatches()
local done = heldBy(inc) == 0
if done then
  forgetLife(inc)
end
return {written(), untaken, crashed, failed, done and 1 or 0}
