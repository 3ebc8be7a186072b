-- What is assigned and what runs under one incarnation, or the names of all.
-- uses: names ready running
--
-- ARGV 3 incarnation, or nothing. Returns {incarnation, …}, or {a or h, place, id, …}.
if #ARGV < 3 then
  return call('HKEYS', INCARNATIONS)
end
local answer = {}
for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. ARGV[3])) do
  for _, entry in ipairs(call('LRANGE', assignedKey(ARGV[3], pool), 0, -1)) do
    answer[#answer + 1] = 'a'
    answer[#answer + 1] = placeIn(entry)
    answer[#answer + 1] = string.sub(entry, 8)
  end
  eachRunning(runningKey(ARGV[3], pool), function(trip, number)
    local entry = entryOf(trip, number)
    answer[#answer + 1] = 'h'
    answer[#answer + 1] = placeIn(entry)
    answer[#answer + 1] = string.sub(entry, 8)
  end)
end
return answer
