-- Makes an identity a group's.
-- uses: names
--
-- ARGV 3 group, 4 identity. Returns {writes}.
call('HSET', P .. ':fences', 'g:' .. ARGV[3], ARGV[4])
return {written()}
