-- Cancels a batch by hand.
-- uses: names records ready pushing batches
--
-- ARGV 3 id. Returns {writes, fields and values of the batch in turn}, none of them if it is unknown.
evenIfFull()
batches().cancel(ARGV[3])
countBatches()
return {written(), call('HGETALL', P .. ':batch:' .. ARGV[3])}
