-- Assigns ready jobs to nodes.
-- uses: names fence records ready holds running filling
--
-- ARGV 3-5 fence, 6 most jobs, 7 unused, 8… grants. Returns what fill says, or what the fence says.
return fill(tonumber(ARGV[6]))
