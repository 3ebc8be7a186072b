-- Which of some jobs holds an overlap key that has no time.
-- uses: names records running
--
-- ARGV 3 key, 4 incarnation, 5… ids. Returns the id of the one that wants this key and is assigned to that incarnation or runs there, if one does.
local key, inc = ARGV[3], ARGV[4]

local function isUnder(id)
  for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    if isRunning(inc, pool, id) then
      return true
    end
    for _, entry in ipairs(call('LRANGE', assignedKey(inc, pool), 0, -1)) do
      if string.sub(entry, 8) == id then
        return true
      end
    end
  end
  return false
end

for i = 5, #ARGV do
  local rec = call('HGET', JOBS, ARGV[i])
  if rec and sound(rec) and isLive(rec) and has(rec, 2) then
    local wanted, time = overlapKeyOf(rec)
    if wanted == key and time < 0 and isUnder(ARGV[i]) then
      return {ARGV[i]}
    end
  end
end
return {}
