-- A page of completed or discarded jobs, by their ends.
-- uses: names records
--
-- ARGV 3 queue, 4 forms that are wanted, 5 number from which the page begins, 6 most jobs looked at. Returns {number of the next, 1 if there is one
-- else 0, number, id, record, …}.
local out = tonumber(call('GET', P .. ':doneOut') or '0')
local first, limit = math.max(0, tonumber(ARGV[5]) - out), tonumber(ARGV[6])
local ids = call('LRANGE', P .. ':done', first, first + limit - 1)
local answer = {out + first + #ids, #ids == limit and 1 or 0}
local records = #ids > 0 and call('HMGET', JOBS, unpack(ids)) or {}
for i, id in ipairs(ids) do
  local rec = records[i]
  if rec and sound(rec) and string.find(ARGV[4], string.sub(rec, 1, 1), 1, true) and queueOf(rec) == ARGV[3] then
    answer[#answer + 1] = out + first + i - 1
    answer[#answer + 1] = id
    answer[#answer + 1] = rec
  end
end
return answer
