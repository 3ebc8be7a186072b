-- What is assigned and what runs under one incarnation, or the names of all.
-- uses: names records ready holds ending
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
  local running = runningOf(ARGV[3], pool)
  for i = 1, #running, 2 do
    answer[#answer + 1] = 'h'
    answer[#answer + 1] = placeOf(running[i + 1])
    answer[#answer + 1] = running[i]
  end
end
return answer
