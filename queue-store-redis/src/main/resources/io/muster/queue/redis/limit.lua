-- Asks a limit: the rules are those of LimitWindow in queue-distributed, to the letter.
-- uses: names
--
-- ARGV 3 key, 4 action, 5 permits, 6 period in ms, 7 count, 8 ms when the job was pushed, 9 the window to give back to.
-- Returns {writes, granted, used, ms to wait, window}.
local key, action = P .. ':l:' .. ARGV[3], ARGV[4]
local permits, period, count = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local start, used, ahead = 0, 0, 0
local kept = call('GET', key)
if kept then
  local s, u, a = string.match(kept, '^(%d+) (%d+) (%d+)$')
  start, used, ahead = tonumber(s) or 0, tonumber(u) or 0, tonumber(a) or 0
end
if action == 'CLEAR' then
  call('DEL', key)
  return {written(), 0, 0, 1, 0}
end

if millis >= start + period then
  local passed = math.floor((millis - start) / period)
  if ahead > 0 and ahead > (passed - 1) * permits then
    start, used, ahead = start + passed * period, 0, math.max(0, ahead - passed * permits)
  else
    start, used, ahead = millis, 0, 0
  end
end

local granted, due = 0, start + period
local free = math.max(0, permits - used)
if action == 'TAKE' then
  if not (ahead > 0 and tonumber(ARGV[8]) >= start) then
    granted = math.min(count, free)
  end
  if granted > 0 then
    used = used + granted
  else
    due = start + period * (1 + math.floor(ahead / permits))
    ahead = ahead + 1
  end
elseif action == 'TRY' then
  granted = math.min(count, free)
  used = used + granted
elseif action == 'HIT' then
  used = used + 1
  if used == permits then
    start = millis
    due = start + period
  end
elseif action == 'GIVE_BACK' then
  if start == tonumber(ARGV[9]) then
    used = math.max(0, used - count)
  end
end
if action ~= 'LOOK' then
  local ends = start + period * (1 + math.ceil(ahead / permits))
  call('SET', key, string.format('%.0f %.0f %.0f', start, used, ahead), 'PX', string.format('%.0f', math.max(1, ends - millis)))
end
return {written(), granted, used, math.max(1, due - millis), start}
