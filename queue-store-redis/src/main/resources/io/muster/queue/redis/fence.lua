-- Compare-and-raise of the fence in ARGV 3 group, 4 identity, 5 term. A script that begins with it answers {-1, installed term} if
-- that is newer, {-2, accepted identity} if that is another.
local group, identity, term = 'g:' .. ARGV[3], ARGV[4], tonumber(ARGV[5])
local line = 't:' .. joined(ARGV[3], identity)
local installed = call('HMGET', P .. ':fences', group, line)
if installed[1] and installed[1] ~= identity then
  return {-2, installed[1]}
end
if installed[2] and (tonumber(installed[2]) or math.huge) > term then
  return {-1, installed[2]}
end
evenIfFull()
if installed[2] ~= ARGV[5] then
  call('HSET', P .. ':fences', group, identity, line, ARGV[5])
end
