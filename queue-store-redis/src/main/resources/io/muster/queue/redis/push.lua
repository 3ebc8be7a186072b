-- Pushes jobs that are to be ready at once and have no unique key; ids in one call differ.
-- uses: names records ready
--
-- ARGV 3 number of jobs, at most 256; then runs of jobs of one lane, in the order of the batch: queue, lane, priority, jobs in the run,
-- and for each id and record. Returns {writes, 0}, or if some were known {writes, 1, for each job 1 pushed or 0 known}.
local n = tonumber(ARGV[3])
local ids, at = {}, 4
while at < #ARGV do
  local last = at + 3 + 2 * tonumber(ARGV[at + 3])
  for i = at + 4, last, 2 do
    ids[#ids + 1] = ARGV[i]
  end
  at = last + 1
end
local known, some = call('HMGET', JOBS, unpack(ids)), false
for i = 1, n do
  if known[i] then
    some = true
    break
  end
end
local base = numbers(P .. ':place', n)
local high, low = struct.pack('>I6', math.floor(base / 256)), base % 256
local i, answer = 0, {0, some and 1 or 0}
at = 4
while at < #ARGV do
  local queue, lane, count = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 3])
  local first, last = at + 4, at + 3 + 2 * count
  local entries = {}
  if some then
    for k = first, last, 2 do
      if not known[i + 1] then
        call('HSET', JOBS, ARGV[k], ARGV[k + 1])
        entries[#entries + 1] = high .. string.char(low + i) .. ARGV[k]
      end
      i = i + 1
      answer[i + 2] = known[i] and 0 or 1
    end
  else
    call('HSET', JOBS, unpack(ARGV, first, last))
    for k = first, last, 2 do
      entries[#entries + 1] = high .. string.char(low + i) .. ARGV[k]
      i = i + 1
    end
  end
  if #entries > 0 and call('RPUSH', listKey(queue, lane), unpack(entries)) == #entries then
    laneFilled(queue, lane, tonumber(ARGV[at + 2]))
  end
  at = last + 1
end
answer[1] = written()
return answer
