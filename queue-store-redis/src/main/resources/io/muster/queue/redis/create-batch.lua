-- Creates a batch, pushes its before-callback, then its first jobs; or pushes them to it if it is known.
-- uses: names records ready pushing batches special
--
-- ARGV 3 id, 4 name, 5 queue, 6 1 if it allows failures else 0, 7 1 if it stays open else 0, 8 number of callbacks, then for each word and data;
-- number of jobs, at most 256; then for each what special.lua says. Returns {writes, for each job what it says}.
local id, at, answer, callbacks = ARGV[3], 9, {0}, {}
for i = 1, 2 * tonumber(ARGV[8]) do
  callbacks[i] = ARGV[at]
  at = at + 1
end
local isNew = batches().judge(id, ARGV[5]) == -1
if isNew then
  batches().create(id, ARGV[4], ARGV[5], ARGV[6], callbacks)
end
pushSpecial(at + 1, tonumber(ARGV[at]), answer)
if isNew and ARGV[7] == '0' then
  batches().seal(id)
  countBatches()
end
answer[1] = written()
return answer
