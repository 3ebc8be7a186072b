-- Schedules.
-- uses: names
--
-- ARGV 3 name of one; without it all. Returns {name, version, document, …}.
local answer = {}
local names = ARGV[3] and {ARGV[3]} or call('HKEYS', P .. ':schedules')
for _, name in ipairs(names) do
  local document = call('HGET', P .. ':schedules', name)
  if document then
    answer[#answer + 1] = name
    answer[#answer + 1] = call('HGET', P .. ':scheduleVersions', name) or ''
    answer[#answer + 1] = document
  end
end
return answer
