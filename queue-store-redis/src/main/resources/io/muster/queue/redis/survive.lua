-- Takes crashes back that the burial of a surviving process' earlier incarnation counted.
-- uses: names records ready holds
--
-- ARGV 3 earlier incarnation, 4 most jobs. Returns {writes, jobs left}.
local ids = call('SPOP', P .. ':crashed:' .. ARGV[3], ARGV[4])
for _, id in ipairs(ids) do
  local rec = call('HGET', JOBS, id)
  if rec and string.byte(rec, 1) == 77 and sound(rec) then
    local base, t = split(rec)
    local queue, lane = queueOf(rec), laneName(rec, true)
    if t.crashes > 1 then
      t.suspect = t.suspect - 1
    end
    t.crashes = math.max(0, t.crashes - 1)
    local changed = join('M', base, t)
    call('HSET', JOBS, id, changed)
    local waits = {backKey(queue, lane)}
    if has(rec, 2) then
      waits[2] = asideKey(overlapKeyOf(rec), joined(queue, lane))
    end
    for _, key in ipairs(t.crashes == 0 and waits or {}) do
      local place = call('ZSCORE', key, id)
      if place then
        call('ZREM', key, id)
        putBack(id, changed, tonumber(place))
        tellLeader()
      end
    end
    if call('EXISTS', waits[1]) == 0 and call('EXISTS', listKey(queue, lane)) == 0 then
      laneEmptied(queue, lane)
    end
  end
end
return {written(), call('SCARD', P .. ':crashed:' .. ARGV[3])}
