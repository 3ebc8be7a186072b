-- What keeps a job from being assigned.
-- uses: names records ready holds
--
-- ARGV 3 id. Returns {} if it is unknown, or {who paused its queue, overlap key that is held, id of the job that holds it}, each empty if there is
-- none; the id is empty also if that is not kept. Then it is for holder.lua to find, and may be this job.
local id = ARGV[3]
local rec = call('HGET', JOBS, id)
if not rec or not sound(rec) or not isLive(rec) then
  return {}
end
local by = ''
if call('SISMEMBER', PAUSED, queueOf(rec)) == 1 then
  by = call('HGET', P .. ':pausedBy', queueOf(rec)) or 'somebody'
end
if not has(rec, 2) then
  return {by, '', ''}
end
local key = overlapKeyOf(rec)
if call('SISMEMBER', UNTIMED, key) == 1 then
  return {by, key, ''}
end
local ends = tonumber(call('ZSCORE', P .. ':ox', key) or math.huge)
local holder = string.sub(call('HGET', TIMED, key) or '', 8)
if holder == '' or holder == id or ends <= millis then
  return {by, '', ''}
end
return {by, key, holder}
