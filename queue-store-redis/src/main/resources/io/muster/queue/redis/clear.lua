-- Removes waiting jobs of a queue.
-- uses: names records ready holds pushing batches
--
-- ARGV 3 queue, 4 most jobs. Returns {writes, jobs}.
local queue, limit, cleared = ARGV[3], tonumber(ARGV[4]), 0
evenIfFull()

local function remove(id)
  local rec = call('HGET', JOBS, id)
  if rec then
    if not sound(rec) then
      rec = 'F\0'
    end
    if has(rec, 1) then
      freeUnique(id, rec)
    end
    if has(rec, 16) then
      local batch, links = batches().of(rec)
      local ends = batches().endsOf(batch)
      ends.skipped = ends.skipped + links
    end
    call('HDEL', JOBS, id)
    cleared = cleared + 1
  end
end

local function removeScored(key)
  local some = cleared < limit and call('ZPOPMIN', key, limit - cleared) or {}
  for i = 1, #some, 2 do
    remove(some[i])
  end
end

for _, lane in ipairs(call('ZRANGE', P .. ':lanes:' .. queue, 0, -1)) do
  local list, back = listKey(queue, lane), backKey(queue, lane)
  for _, entry in ipairs(cleared < limit and call('LPOP', list, limit - cleared) or {}) do
    remove(idIn(lane, entry))
  end
  removeScored(back)
  if call('EXISTS', list) == 0 and call('EXISTS', back) == 0 then
    laneEmptied(queue, lane)
  end
end
for _, aside in ipairs(call('SMEMBERS', P .. ':aside:' .. queue)) do
  removeScored(aside)
  if call('EXISTS', aside) == 0 then
    call('SREM', P .. ':aside:' .. queue, aside)
  end
end
removeScored(P .. ':d:' .. queue)
if call('EXISTS', P .. ':d:' .. queue) == 0 then
  call('ZREM', P .. ':due', queue)
end
countBatches()
return {written(), cleared}
