-- Pushes jobs of any kind, five arguments each from ARGV at on: id, record, due moment in ms or empty, k and unique key or empty, ms of the
-- key's time or empty. Puts for each into answer, behind what is there: 1 pushed, 0 known, id of the job that holds the key, or what
-- batches.lua says of a batch to which it cannot be added.
local function pushSpecial(at, jobs, answer)
  local base = jobs > 0 and numbers(P .. ':place', jobs) or 0
  for i = 0, jobs - 1 do
    local id, rec = ARGV[at], ARGV[at + 1]
    local outcome, batch, links = 1, nil, nil
    if has(rec, 16) then
      batch, links = batches().of(rec)
      outcome = call('HEXISTS', JOBS, id) == 1 and 0 or batches().judge(batch, queueOf(rec))
    end
    if outcome == 1 then
      outcome = pushJob(id, rec, tonumber(ARGV[at + 2]), ARGV[at + 3], tonumber(ARGV[at + 4]), base + i)
    end
    if batch and outcome == 1 then
      batches().add(batch, links)
    end
    answer[#answer + 1] = outcome
    at = at + 5
  end
  countBatches()
end
