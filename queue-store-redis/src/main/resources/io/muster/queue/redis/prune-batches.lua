-- Removes old batches.
-- uses: names
--
-- ARGV 3 most batches, 4, 5, 6 ms for which finished, unfinished and cancelled ones are kept, or -1. Returns {writes, batches}.
evenIfFull()
local pruned = 0
for i, age in ipairs({'finished', 'unfinished', 'cancelled'}) do
  local kept, key = tonumber(ARGV[i + 3]), P .. ':batchesBy:' .. age
  if kept >= 0 then
    for _, id in ipairs(call('ZRANGEBYSCORE', key, '-inf', millis - kept, 'LIMIT', 0, tonumber(ARGV[3]) - pruned)) do
      call('DEL', P .. ':batch:' .. id)
      call('ZREM', P .. ':batches', id)
      call('ZREM', key, id)
      pruned = pruned + 1
    end
  end
end
return {written(), pruned}
