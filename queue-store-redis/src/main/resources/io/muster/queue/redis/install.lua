-- Installs a fence.
-- uses: names fence
--
-- ARGV 3-5 fence. Returns {writes}.
return {written()}
