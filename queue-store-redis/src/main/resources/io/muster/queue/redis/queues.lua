-- Every queue that ever held a job, or is paused.
-- uses: names
return call('SUNION', P .. ':queues', PAUSED)
