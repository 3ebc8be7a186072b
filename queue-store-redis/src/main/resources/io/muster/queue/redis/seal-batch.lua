-- No more jobs come from who created a batch.
-- uses: names records ready pushing batches
--
-- ARGV 3 id. Returns {writes}.
evenIfFull()
batches().seal(ARGV[3])
countBatches()
return {written()}
