-- Sizes of queues, but for what is held.
-- uses: names records ready
--
-- ARGV 3… queues. Returns for each {delayed, ready, completed, failed, 1 if it is paused else 0}.
local answer = {}
for i = 3, #ARGV do
  local queue, ready = ARGV[i], 0
  for _, lane in ipairs(call('ZRANGE', P .. ':lanes:' .. queue, 0, -1)) do
    ready = ready + call('LLEN', listKey(queue, lane)) + call('ZCARD', backKey(queue, lane))
  end
  for _, aside in ipairs(call('SMEMBERS', P .. ':aside:' .. queue)) do
    ready = ready + call('ZCARD', aside)
  end
  answer[#answer + 1] = {call('ZCARD', P .. ':d:' .. queue), ready,
    tonumber(call('HGET', P .. ':completed', queue) or '0'), call('ZCARD', P .. ':failed:' .. queue),
    call('SISMEMBER', PAUSED, queue)}
end
return answer
