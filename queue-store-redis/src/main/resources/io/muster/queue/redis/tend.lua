-- Makes due jobs ready, ends keys whose time is over, forgets.
-- uses: names fence records ready holds
--
-- ARGV 3-5 fence, 6 most of each, 7 and 8 ms for which completed and failed jobs are kept, 9 ms for which buried names are.
-- Returns {writes, promoted, forgotten, next due moment in ms or -1, what is to be said once, …}.
local limit, promoted, forgotten = tonumber(ARGV[6]), 0, 0
while promoted < limit do
  local first = call('ZRANGEBYSCORE', P .. ':due', '-inf', millis, 'LIMIT', 0, 1)
  if not first[1] then
    break
  end
  local now = promote(first[1], limit - promoted)
  promoted = promoted + now
end
for _, key in ipairs(call('ZRANGEBYSCORE', P .. ':ux', '-inf', millis, 'LIMIT', 0, limit)) do
  call('HDEL', P .. ':u', key)
  call('ZREM', P .. ':ux', key)
end
expireOverlapKeys(limit)

local old = millis - tonumber(ARGV[7])
local done = call('LRANGE', P .. ':done', 0, limit - 1)
if #done > 0 then
  local records = call('HMGET', JOBS, unpack(done))
  for i = 1, #done do
    local rec = records[i]
    if rec and sound(rec) and not isLive(rec) and struct.unpack('>I6', rec, headEnd(rec) + 1) > old then
      break
    end
    forgotten = i
  end
  if forgotten > 0 then
    call('LPOP', P .. ':done', forgotten)
    call('INCRBY', P .. ':doneOut', forgotten)
    call('HDEL', JOBS, unpack(done, 1, forgotten))
  end
end
local failed = call('ZRANGEBYSCORE', P .. ':failedAt', '-inf', millis - tonumber(ARGV[8]), 'LIMIT', 0, limit - forgotten)
for _, id in ipairs(failed) do
  local rec = call('HGET', JOBS, id)
  if rec then
    unlistFailed(id, rec)
    call('HDEL', JOBS, id)
  end
  call('HDEL', P .. ':why', id)
  call('ZREM', P .. ':failedAt', id)
end

for _, inc in ipairs(call('ZRANGEBYSCORE', P .. ':buried', '-inf', millis - tonumber(ARGV[9]), 'LIMIT', 0, limit)) do
  if call('HEXISTS', INCARNATIONS, inc) == 0 then
    call('ZREM', P .. ':buried', inc)
    call('SREM', P .. ':survived', inc)
    call('DEL', P .. ':crashed:' .. inc)
  end
end
local due = call('ZRANGE', P .. ':due', 0, 0, 'WITHSCORES')
local answer = {written(), promoted, forgotten + #failed, due[2] and tonumber(due[2]) or -1}
for _, text in ipairs(call('LPOP', P .. ':damaged', 100) or {}) do
  answer[#answer + 1] = text
end
return answer
