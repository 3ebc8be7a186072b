-- Makes an incarnation known, once.
-- uses: names
--
-- ARGV 3 incarnation, 4 admission in ms, 5 node, 6 earlier incarnation it survived or empty.
-- Returns {writes, 1 if the earlier one's crashes are to be taken back else 0}, or {-3, status}.
local status = call('HGET', INCARNATIONS, ARGV[3])
local letter = status and string.sub(status, 1, 1)
if letter == 'L' or letter == 'B' or call('ZSCORE', P .. ':buried', ARGV[3]) then
  return {-3, letter == 'L' and 'leaving' or 'buried'}
end
if letter == 'A' then
  return {written(), 0}
end
evenIfFull()
call('HSET', INCARNATIONS, ARGV[3], 'A' .. ARGV[4] .. '|' .. ARGV[5])
local earlier = ARGV[6]
if earlier ~= '' and (call('HEXISTS', INCARNATIONS, earlier) == 1 or call('ZSCORE', P .. ':buried', earlier)) then
  call('SADD', P .. ':survived', earlier)
  return {written(), 1}
end
return {written(), 0}
