-- A page of delayed or failed jobs, by due moment or place, then by id.
-- uses: names
--
-- ARGV 3 d or failed, 4 queue, 5 score and 6 id after which the page begins, 7 most jobs. Returns {score, id, record, reason and detail,
-- ms of its failure or empty, …}.
local key, after, limit = P .. ':' .. ARGV[3] .. ':' .. ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[7])
local answer, skipped, count = {}, 0, 0
while count < limit do
  local some = call('ZRANGEBYSCORE', key, ARGV[5], '+inf', 'WITHSCORES', 'LIMIT', skipped, 100)
  for i = 1, #some, 2 do
    local score, id = tonumber(some[i + 1]), some[i]
    if count < limit and (score > after or id > ARGV[6]) then
      answer[#answer + 1] = some[i + 1]
      answer[#answer + 1] = id
      answer[#answer + 1] = call('HGET', JOBS, id) or ''
      answer[#answer + 1] = call('HGET', P .. ':why', id) or ''
      answer[#answer + 1] = call('ZSCORE', P .. ':failedAt', id) or ''
      count = count + 1
    end
  end
  skipped = skipped + 100
  if #some < 200 then
    break
  end
end
return answer
