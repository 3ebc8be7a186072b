-- A page of ready jobs, by place.
-- uses: names records ready
--
-- ARGV 3 queue, 4 place after which the page begins, 5 most jobs. Returns {place, id, record, …}.
local queue, after, limit = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local found = {}

local function backs(key)
  local some = call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', after), '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
  for i = 1, #some, 2 do
    found[#found + 1] = {tonumber(some[i + 1]), some[i]}
  end
end

local function entries(lane, key)
  local low, high = 0, call('LLEN', key)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = call('LINDEX', key, middle)
    if #entry < 8 or placeIn(entry) > after then
      high = middle
    else
      low = middle + 1
    end
  end
  for _, entry in ipairs(call('LRANGE', key, low, low + limit - 1)) do
    if #entry > 7 and placeIn(entry) > after then
      found[#found + 1] = {placeIn(entry), idIn(lane, entry)}
    end
  end
end

for _, lane in ipairs(call('ZRANGE', P .. ':lanes:' .. queue, 0, -1)) do
  entries(lane, listKey(queue, lane))
  backs(backKey(queue, lane))
end
for _, aside in ipairs(call('SMEMBERS', P .. ':aside:' .. queue)) do
  backs(aside)
end
table.sort(found, function(a, b) return a[1] < b[1] end)
local answer = {}
for i = 1, math.min(limit, #found) do
  answer[#answer + 1] = string.format('%.0f', found[i][1])
  answer[#answer + 1] = found[i][2]
  answer[#answer + 1] = call('HGET', JOBS, found[i][2]) or ''
end
return answer
