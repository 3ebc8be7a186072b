-- What keeps a job from being assigned.
-- uses: names records
--
-- ARGV 3 id. Returns {} if it is unknown, or {who paused its queue, overlap key that another job holds, id of that}, each empty if there is none.
local id = ARGV[3]
local rec = call('HGET', JOBS, id)
if not rec or not sound(rec) or not isLive(rec) then
  return {}
end
local by = ''
if call('SISMEMBER', PAUSED, queueOf(rec)) == 1 then
  by = call('HGET', P .. ':pausedBy', queueOf(rec)) or 'somebody'
end
local key, holder = '', ''
if has(rec, 2) then
  key = overlapKeyOf(rec)
  local ends = tonumber(call('ZSCORE', P .. ':ox', key) or math.huge)
  holder = string.sub(call('HGET', P .. ':k', key) or '', 8)
  if holder == '' or holder == id or ends <= millis then
    key, holder = '', ''
  end
end
return {by, key, holder}
