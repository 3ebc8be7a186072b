-- Every queue that ever held a job.
-- uses: names
return call('SMEMBERS', P .. ':queues')
