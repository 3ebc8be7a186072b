-- A job as it is now.
-- uses: names records running
--
-- ARGV 3 id. Returns {} if it is unknown, or {record, state, detail}: state r ready, d due moment, a or h and incarnation, s settled with, for a failed
-- one, reason and detail, and the ms of its failure or empty.
local id = ARGV[3]
local rec = call('HGET', JOBS, id)
if not rec then
  return {}
end
if not sound(rec) or not isLive(rec) then
  return {rec, 's', call('HGET', P .. ':why', id) or '', call('ZSCORE', P .. ':failedAt', id) or ''}
end
local due = call('ZSCORE', P .. ':d:' .. queueOf(rec), id)
if due then
  return {rec, 'd', due}
end
for _, inc in ipairs(call('HKEYS', INCARNATIONS)) do
  for _, pool in ipairs(call('SMEMBERS', P .. ':pools:' .. inc)) do
    if isRunning(inc, pool, id) then
      return {rec, 'h', inc}
    end
    for _, entry in ipairs(call('LRANGE', assignedKey(inc, pool), 0, -1)) do
      if string.sub(entry, 8) == id then
        return {rec, 'a', inc}
      end
    end
  end
end
return {rec, 'r', ''}
