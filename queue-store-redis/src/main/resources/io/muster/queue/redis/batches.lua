-- Batches: the rules are those of BatchChange in queue-distributed, to the letter.
--
-- Fields of a batch: id, name, queue, allows (1: failures), open (1), total, succeeded, failed, skipped, created (ms), cancelled (ms or
-- empty), byFailure (1: that cancelled it), finished (ms or empty), failure (id of the first that failed, space, reason; or empty), happened and
-- calls (words of events that have happened, and that have a callback), on:WORD the callback: h and record of a job without id, or o and outbox entry.
--
-- What is not needed by most calls is made at the first need: batches() answers the functions. A call that changed something ends with
-- countBatches().
local book

local function batches()
  if book then
    return book
  end
  local MOST_REASON, MOST_ID = 3000, 100
  local FIELDS = {'queue', 'allows', 'open', 'total', 'succeeded', 'failed', 'skipped', 'created', 'cancelled', 'byFailure',
    'finished', 'failure', 'happened', 'calls'}
  local loaded, ends, order = {}, {}, {}
  book = {}

  -- Id of the batch to which a job belongs, and for how many links it stands.
  function book.of(rec)
    local at = headEnd(rec) + 1
    if has(rec, 1) then
      at = at + 2 + struct.unpack('>I2', rec, at)
    end
    if has(rec, 2) then
      at = at + 10 + struct.unpack('>I2', rec, at + 8)
    end
    local links, length = struct.unpack('>I4I2', rec, at)
    return string.sub(rec, at + 6, at + 5 + length), links
  end

  -- The batch as it is now, or false.
  local function load(id)
    if loaded[id] == nil then
      local key = P .. ':batch:' .. id
      local values = answerOf({}, 'HMGET', key, unpack(FIELDS))
      loaded[id] = false
      local whole = values[1]
      for i = 1, whole and #FIELDS or 0 do
        whole = whole and values[i] and (i < 4 or i > 7 or tonumber(values[i]))
      end
      if values[1] and not whole then
        damaged('Batch ' .. id .. ' cannot be read, and counts nothing any more')
      end
      if whole then
        local b = {id = id, key = key, templates = {}}
        for i, field in ipairs(FIELDS) do
          b[field] = values[i]
        end
        for _, field in ipairs({'total', 'succeeded', 'failed', 'skipped'}) do
          b[field] = tonumber(b[field])
        end
        loaded[id] = b
      end
    end
    return loaded[id]
  end

  local function save(b)
    call('HSET', b.key, 'total', b.total, 'succeeded', b.succeeded, 'failed', b.failed, 'skipped', b.skipped)
    if b.changed then
      call('HSET', b.key, 'open', b.open, 'cancelled', b.cancelled, 'byFailure', b.byFailure, 'finished', b.finished,
        'failure', b.failure, 'happened', b.happened)
      local age, since = 'unfinished', b.created
      if b.cancelled ~= '' then
        age, since = 'cancelled', b.cancelled
      elseif b.finished ~= '' then
        age, since = 'finished', b.finished
      end
      for _, other in ipairs({'finished', 'unfinished', 'cancelled'}) do
        if other ~= age then
          call('ZREM', P .. ':batchesBy:' .. other, b.id)
        end
      end
      call('ZADD', P .. ':batchesBy:' .. age, since, b.id)
    end
    b.changed, b.touched = false, false
  end

  -- As DerivedId says.
  function book.derived(base, suffix)
    local plain = base .. '.' .. suffix
    return #plain <= MOST_ID and plain or redis.sha1hex(base) .. '.' .. suffix
  end

  -- Pushes the callback, if there is one, as a job of this id.
  local function push(b, word, id)
    if not string.find(b.calls, word, 1, true) then
      return
    end
    b.templates[word] = b.templates[word] or call('HGET', b.key, 'on:' .. word)
    local kind, data = string.sub(b.templates[word] or '', 1, 1), string.sub(b.templates[word] or '', 2)
    if kind == 'o' then
      leave(id, data)
    elseif kind ~= 'h' or not sound(data) then
      condemn(id, data, b.queue)
    else
      local at = 7 + #queueOf(data)
      at = at + 8 + struct.unpack('>I2', data, at)
      pushJob(id, string.sub(data, 1, at - 1) .. struct.pack('>I6', millis) .. string.sub(data, at + 6), nil, '', nil,
        numbers(P .. ':place', 1))
    end
  end

  -- What happens once.
  local function happen(b, word)
    if not string.find(b.happened, word, 1, true) then
      b.happened, b.changed = b.happened .. word .. ' ', true
      push(b, word, book.derived(b.id, word))
    end
  end

  local function conclude(b)
    local pending = b.total - b.succeeded - b.failed - b.skipped
    if b.open == '1' or pending > 0 or b.finished ~= '' then
      return
    end
    if b.failed == 0 and b.skipped == 0 and b.cancelled == '' then
      happen(b, 'then')
    end
    happen(b, 'finally')
    b.finished, b.changed = millis, true
  end

  -- 1 if a job on that queue can be added, -1 if it is unknown, -2 if it is finished, -3 if it is on another queue.
  function book.judge(id, queue)
    local b = load(id)
    if not b then
      return -1
    end
    return b.finished ~= '' and -2 or (b.queue ~= queue and -3 or 1)
  end

  -- Callbacks: words and data in turn. It is open.
  function book.create(id, name, queue, allows, callbacks)
    local key, calls = P .. ':batch:' .. id, {}
    for i = 1, #callbacks, 2 do
      calls[#calls + 1] = callbacks[i]
      call('HSET', key, 'on:' .. callbacks[i], callbacks[i + 1])
    end
    local b = {id = id, key = key, templates = {}, queue = queue, allows = allows, open = '1', total = 0, succeeded = 0, failed = 0,
      skipped = 0, created = millis, cancelled = '', byFailure = '0', finished = '', failure = '', happened = '',
      calls = table.concat(calls, ' '), touched = true}
    call('HSET', key, 'id', id, 'name', name, 'queue', queue, 'allows', allows, 'created', millis, 'calls', b.calls)
    call('ZADD', P .. ':batches', call('INCR', P .. ':batchNumber'), id)
    loaded[id] = b
    happen(b, 'before')
  end

  function book.add(id, links)
    local b = load(id)
    if b then
      b.total, b.touched = b.total + links, true
    end
  end

  function book.seal(id)
    local b = load(id)
    if b then
      b.open, b.changed, b.touched = '0', true, true
      conclude(b)
    end
  end

  function book.cancel(id)
    local b = load(id)
    if b and b.finished == '' then
      if b.cancelled == '' then
        b.cancelled = millis
      end
      b.byFailure, b.changed, b.touched = '0', true, true
    end
  end

  function book.retry(id, links)
    local b = load(id)
    if b then
      b.failed, b.skipped = b.failed - 1, b.skipped - (links - 1)
      if b.byFailure == '1' then
        b.cancelled = ''
      end
      b.byFailure, b.finished, b.changed, b.touched = '0', '', true, true
    end
  end

  -- What ends in a batch by this call, as BatchEnds has it, to be added up.
  function book.endsOf(id)
    if not ends[id] then
      ends[id] = {succeeded = {}, discarded = {}, failed = 0, failure = nil, skipped = 0, added = 0}
      order[#order + 1] = id
    end
    return ends[id]
  end

  -- A member failed, by a settlement or by the store.
  function book.failed(rec, id, reason)
    local batch, links = book.of(rec)
    local e = book.endsOf(batch)
    e.failed, e.skipped = e.failed + 1, e.skipped + links - 1
    e.failure = e.failure or id .. ' ' .. string.sub(reason, 1, MOST_REASON)
    return e
  end

  -- A member was settled with a code of exchange.lua; following is the sum of the links that followed in the same batch.
  function book.settled(rec, id, code, reason, following)
    if code == 'f' then
      local e = book.failed(rec, id, reason)
      e.added = e.added + following
      return
    end
    local batch, links = book.of(rec)
    local e = book.endsOf(batch)
    if code == 'c' or code == 'd' then
      local list = code == 'c' and e.succeeded or e.discarded
      list[#list + 1] = id
      following = following - (links - 1)
    end
    e.added = e.added + following
  end

  local function finish(b, e)
    local well = e.succeeded
    if b.cancelled == '' then
      for _, id in ipairs(e.discarded) do
        well[#well + 1] = id
      end
    else
      b.skipped = b.skipped + #e.discarded
    end
    b.total, b.succeeded, b.failed, b.skipped = b.total + e.added, b.succeeded + #well, b.failed + e.failed, b.skipped + e.skipped
    b.touched = true
    if string.find(b.calls, 'progress', 1, true) then
      for _, id in ipairs(well) do
        push(b, 'progress', book.derived(id, 'progress'))
      end
    end
    if e.failure then
      if b.failure == '' then
        b.failure, b.changed = e.failure, true
      end
      happen(b, 'catch')
      if b.allows ~= '1' and b.cancelled == '' then
        b.cancelled, b.byFailure, b.changed = millis, '1', true
      end
    end
    conclude(b)
  end

  function book.count()
    for _, id in ipairs(order) do
      local b = load(id)
      if b then
        finish(b, ends[id])
      end
    end
    ends, order = {}, {}
    for _, b in pairs(loaded) do
      if b and b.touched then
        save(b)
      end
    end
  end
  return book
end

-- Writes what became of batches by this call, and pushes what follows.
local function countBatches()
  if book then
    book.count()
  end
end
