-- Removes entries that were relayed.
-- uses: names fence
--
-- ARGV 3-5 fence, 6… ids. Returns {writes}.
if #ARGV > 5 then
  call('ZREM', P .. ':outbox', unpack(ARGV, 6))
  call('HDEL', P .. ':outboxData', unpack(ARGV, 6))
end
return {written()}
