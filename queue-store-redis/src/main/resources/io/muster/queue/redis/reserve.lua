-- Assigns ready jobs to the caller itself; what is due is ready first.
-- uses: names records ready holds running filling
--
-- ARGV 3 unused, 4 most jobs to promote per queue, 5 most jobs to assign, 6-7 unused, 8-12 the one grant.
-- Returns what fill says, or {-3, status} if the incarnation may not receive.
local status = call('HGET', INCARNATIONS, ARGV[8])
if not status or string.sub(status, 1, 1) ~= 'A' then
  local buried = call('ZSCORE', P .. ':buried', ARGV[8])
  return {-3, status and (string.sub(status, 1, 1) == 'L' and 'leaving' or 'buried') or (buried and 'buried' or 'unknown')}
end
evenIfFull()
local due = call('ZRANGEBYSCORE', P .. ':due', '-inf', millis, 'LIMIT', 0, 200)
for _, queue in ipairs(due) do
  if string.find(ARGV[11], listed(queue), 1, true) then
    promote(queue, tonumber(ARGV[4]))
  end
end
return fill(tonumber(ARGV[5]))
