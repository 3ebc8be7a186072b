-- A page of the outbox, the oldest first.
-- uses: names
--
-- ARGV 3 number after which the page begins, 4 most entries. Returns {number, id, entry, …}.
local answer = {}
local page = call('ZRANGEBYSCORE', P .. ':outbox', '(' .. ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[4]))
for i = 1, #page, 2 do
  answer[#answer + 1] = page[i + 1]
  answer[#answer + 1] = page[i]
  answer[#answer + 1] = call('HGET', P .. ':outboxData', page[i]) or ''
end
return answer
