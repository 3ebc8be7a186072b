-- A job fails without a worker that could say what follows: the store tells of it, as NewJob says, and its batch counts it.
local function failUntold(id, rec, place, t, reason, detail)
  fail(id, rec, place, t, reason, detail)
  if has(rec, 32) then
    local queue, type = queueOf(rec), 'muster.failed'
    local _, priority = typePriorityMostCrashes(rec)
    local notice = 'F\0' .. struct.pack('>I2I2', 20 + #queue + #type, #queue) .. queue .. struct.pack('>I2', #type) .. type
      .. struct.pack('>i2I4I6', priority, 3, millis) .. id
    pushJob(batches().derived(id, 'failed.' .. string.format('%.0f', millis)), notice, nil, '', nil, numbers(P .. ':place', 1))
  end
  if has(rec, 16) then
    batches().failed(rec, id, reason)
  end
end
