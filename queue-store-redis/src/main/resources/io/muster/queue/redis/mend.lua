-- Run after the server has said that a key is of another type than ours. The table of jobs and what is to be said are set apart; the table of
-- incarnations is made anew, out of what lies under their names: of those that ever had a job. Which other tables are wrong is answered.
-- A cursor means nothing to another server: one that has taken over meanwhile is looked through from the beginning.
-- uses: names
--
-- ARGV 3 cursor, 0 at first. Returns {cursor to go on with, or 0 if that is all, keys that were set apart, key and type of each other, …}.
local TYPES = {
  hash = {'jobs', 'incarnations', 'why', 'pausedBy', 'u', 'k', 'suspects', 'completed', 'outboxData', 'schedules', 'scheduleVersions', 'fences'},
  set = {'queues', 'busy', 'paused', 'ko', 'waited', 'survived'},
  zset = {'due', 'ux', 'ox', 'buried', 'failedAt', 'outbox', 'batches', 'batchesBy:finished', 'batchesBy:unfinished', 'batchesBy:cancelled'},
  list = {'damaged', 'done'},
}
local LOOKED_AT = 1000
local MENDED = {damaged = true, jobs = true, incarnations = true}
local made, cursor, apart, wrong, others = P .. ':rebuilt:incarnations', '0', {}, {}, {}
for type, names in pairs(TYPES) do
  for _, name in ipairs(names) do
    local is = call('TYPE', P .. ':' .. name).ok
    if is ~= type and is ~= 'none' then
      wrong[name] = true
      if not MENDED[name] then
        others[#others + 1] = P .. ':' .. name
        others[#others + 1] = is
      end
    end
  end
end
for _, name in ipairs({'damaged', 'jobs'}) do
  if wrong[name] then
    setApart(P .. ':' .. name)
    apart[#apart + 1] = P .. ':' .. name
  end
end
if wrong.incarnations then
  local before = P .. ':pools:'
  local server = string.match(call('INFO', 'server'), 'run_id:(%w+)')
  local at, of = string.match(ARGV[3], '^(%d+)@(%w+)$')
  local page = call('SCAN', of == server and at or '0', 'MATCH', before .. '*', 'COUNT', LOOKED_AT)
  for _, key in ipairs(page[2]) do
    local inc = string.sub(key, #before + 1)
    local buried = redis.pcall('ZSCORE', P .. ':buried', inc)
    call('HSET', made, inc, (buried and 'B' or 'A') .. millis .. '|')
  end
  cursor = page[1] == '0' and '0' or page[1] .. '@' .. server
  if cursor == '0' then
    setApart(INCARNATIONS)
    apart[#apart + 1] = INCARNATIONS
    if call('EXISTS', made) == 1 then
      call('RENAME', made, INCARNATIONS)
    end
  end
else
  call('DEL', made)
end
return {cursor, table.concat(apart, ', '), unpack(others)}
