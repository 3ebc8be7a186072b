-- An incarnation leaves by itself.
-- uses: names records ready holds ending running
--
-- ARGV 3 incarnation, 4 most jobs. Returns {writes, 1 if this must be called again else 0}.
local inc, budget = ARGV[3], tonumber(ARGV[4])
evenIfFull()
local status = call('HGET', INCARNATIONS, inc)
if not status then
  call('ZADD', P .. ':buried', 'NX', millis, inc)
  return {written(), 0}
end
local letter = string.sub(status, 1, 1)
if letter == 'A' then
  call('HSET', INCARNATIONS, inc, 'L' .. string.sub(status, 2))
end
if letter ~= 'B' then
  for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    budget = budget - takeBackUntaken(inc, pool, budget)
  end
  if budget <= 0 then
    return {written(), 1}
  end
  buryIfGone(inc)
end
return {written(), 0}
