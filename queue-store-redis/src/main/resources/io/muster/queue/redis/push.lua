-- Pushes jobs that are to be ready at once and have no unique key; ids in one call differ.
-- uses: names records ready pushing batches
--
-- ARGV 3 number of jobs, at most 256; then runs of jobs of one lane and batch, in the order of the push: queue, lane, priority, batch or
-- empty, links for which each stands, jobs in the run, and for each id and record. Returns {writes, 0}, or if some were not pushed
-- {writes, 1, for each job 1 pushed, 0 known, or what batches.lua says of its batch}.
local n = tonumber(ARGV[3])
local ids, at, refused = {}, 4, false
while at < #ARGV do
  local last = at + 5 + 2 * tonumber(ARGV[at + 5])
  if ARGV[at + 3] ~= '' and batches().judge(ARGV[at + 3], ARGV[at]) ~= 1 then
    refused = true
  end
  for i = at + 6, last, 2 do
    ids[#ids + 1] = ARGV[i]
  end
  at = last + 1
end
local known, some = call('HMGET', JOBS, unpack(ids)), refused
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
  local queue, lane, batch, count = ARGV[at], ARGV[at + 1], ARGV[at + 3], tonumber(ARGV[at + 5])
  local first, last = at + 6, at + 5 + 2 * count
  local entries, keys = {}, hasKeys(lane)
  local judged = batch == '' and 1 or batches().judge(batch, queue)
  if some then
    for k = first, last, 2 do
      if not known[i + 1] and judged == 1 then
        call('HSET', JOBS, ARGV[k], ARGV[k + 1])
        entries[#entries + 1] = entryIn(lane, high .. string.char(low + i), ARGV[k], ARGV[k + 1])
      end
      i = i + 1
      answer[i + 2] = known[i] and 0 or judged
    end
  else
    call('HSET', JOBS, unpack(ARGV, first, last))
    for k = first, last, 2 do
      local place = high .. string.char(low + i)
      entries[#entries + 1] = keys and entryIn(lane, place, ARGV[k], ARGV[k + 1]) or place .. ARGV[k]
      i = i + 1
    end
  end
  if #entries > 0 and call('RPUSH', listKey(queue, lane), unpack(entries)) == #entries then
    laneFilled(queue, lane, tonumber(ARGV[at + 2]))
  end
  if batch ~= '' and judged == 1 then
    batches().add(batch, #entries * tonumber(ARGV[at + 4]))
  end
  at = last + 1
end
countBatches()
answer[1] = written()
return answer
