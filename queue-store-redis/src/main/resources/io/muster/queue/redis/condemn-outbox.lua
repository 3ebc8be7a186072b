-- An entry of the outbox that cannot be read is kept as a failed job.
-- uses: names fence records
--
-- ARGV 3-5 fence, 6 id. Returns {writes}.
local data = call('HGET', P .. ':outboxData', ARGV[6])
if data and call('HEXISTS', JOBS, ARGV[6]) == 0 then
  condemn(ARGV[6], data)
end
call('ZREM', P .. ':outbox', ARGV[6])
call('HDEL', P .. ':outboxData', ARGV[6])
return {written()}
