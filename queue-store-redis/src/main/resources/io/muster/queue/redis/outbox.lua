-- Entries that wait to be relayed.
-- uses: names fence
--
-- ARGV 3-5 fence, 6 most entries. Returns {writes, id, data, …}.
local answer = {written()}
local ids = call('ZRANGE', P .. ':outbox', 0, tonumber(ARGV[6]) - 1)
if #ids > 0 then
  for i, data in ipairs(call('HMGET', P .. ':outboxData', unpack(ids))) do
    answer[#answer + 1] = ids[i]
    answer[#answer + 1] = data
  end
end
return answer
