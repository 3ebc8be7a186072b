-- A page of batches, the newest first.
-- uses: names
--
-- ARGV 3 number before which the page begins, or inf, 4 most batches. Returns {number, fields and values in turn, …}.
local answer = {}
local page = call('ZREVRANGEBYSCORE', P .. ':batches', '(' .. ARGV[3], '-inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[4]))
for i = 1, #page, 2 do
  answer[i] = page[i + 1]
  answer[i + 1] = call('HGETALL', P .. ':batch:' .. page[i])
end
return answer
