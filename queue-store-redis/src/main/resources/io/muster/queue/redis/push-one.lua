-- Pushes one job as push.lua does. It uses no other file: to make the functions in them would cost more than to push one job.
--
-- ARGV 3 id, 4 record, 5 queue, 6 lane, 7 priority, 8 what of the lane's entry stands behind the place. Returns {writes, 1 pushed or 0 known}.
local P, id, queue, lane = ARGV[1], ARGV[3], ARGV[5], ARGV[6]
local call = redis.call
if call('HSETNX', P .. ':jobs', id, ARGV[4]) == 0 then
  return {call('INCR', P .. ':writes'), 0}
end
local time, last = call('TIME'), tonumber(call('GET', P .. ':place') or '0')
local place = math.max(last + 1, time[1] * 1000000 + time[2])
call('SET', P .. ':place', string.format('%.0f', place))
if call('RPUSH', P .. ':r:' .. #queue .. ':' .. queue .. lane, struct.pack('>I7', place) .. ARGV[8]) == 1
  and call('ZADD', P .. ':lanes:' .. queue, -ARGV[7], lane) == 1 then
  call('SADD', P .. ':busy', queue)
  call('SADD', P .. ':queues', queue)
  call('PUBLISH', ARGV[2] .. ':ready', '')
end
return {call('INCR', P .. ':writes'), 1}
