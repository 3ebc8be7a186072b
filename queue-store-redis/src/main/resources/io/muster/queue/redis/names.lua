-- Keys and channels of one store; the first part of every script.
--
-- ARGV 1 is the prefix of all keys, the store's hash tag; ARGV 2 that of all channels. KEYS 1 leads to the slot.
--
-- jobs               hash  id -> record, see records.lua
-- why                hash  id -> reason and detail of a failed job
-- place              text  last place given to a ready job: microseconds of the server's clock, and growing
-- fencing            text  last fencing token, likewise
-- writes             text  number of writing calls, by which a client sees that a failover lost some
-- queues, busy       sets  queues that ever held a job; queues with a lane that is not empty
-- paused, pausedBy   set   queues of which nothing is assigned; hash queue -> who paused it
-- lanes:QUEUE        zset  lanes that are not empty, by falling priority; see ready.lua
-- r:LANE  b:LANE     list of entries (place, id); zset of ids by place: those that came back to their old places
-- due, d:QUEUE       zsets queues by their earliest due moment; ids by due moment in ms
-- u, ux              hash  unique key -> id of its holder, see keepTable; zset of unique keys by the end of their time
-- ko                 set   overlap keys without a time that are held, see keepTable
-- k, ox              hash  overlap key with a time -> place and id of its holder, likewise; zset of these keys by the end of their time. Earlier
--                          versions put keys without a time there as well
-- w:KEY LANE         zset  ids that stand aside until an overlap key is free, by place
-- wk:KEY, waited     sets  lanes that wait for a key; keys that have a wk:…
-- aside:QUEUE        set   keys of all w:… of a queue
-- incarnations       hash  incarnation -> status (A, L, B), admission in ms, node
-- buried             zset  incarnations that are never admitted again, by the ms of their burial
-- pools:INC          set   pools that ever got a job
-- a:INC POOL         list  entries that are assigned, oldest first
-- h:INC POOL         hash  what runs there, see running.lua; and one long field that keeps the hash a table
-- suspects           hash  incarnation -> the one suspect it has
-- crashed:INC        set   ids whose crash its burial counted; survived: set of incarnations whose process lives on
-- done, doneOut      list  ids of completed and discarded jobs, oldest first; how many ever left its head
-- completed          hash  queue -> jobs that ever completed
-- failed:QUEUE       zset  ids by place; failedAt: zset of ids by the ms of their end
-- outbox, outboxData zset  ids in their order; hash id -> entry
-- batch:BATCH        hash  fields of a batch, see batches.lua
-- batches            zset  ids of batches by their numbers, which grow; batchNumber: the last one
-- batchesBy:AGE      zsets ids of batches by the ms from which they age; AGE is finished, unfinished or cancelled
-- schedules, scheduleVersions hashes name -> document; name -> version
-- l:LIMIT            text  start of the window, permits used in it, promises ahead; gone by itself, see limit.lua
-- damaged            list  what was found that nobody of ours has written, until a leader has said it; unreadable:KEY such a key
-- fences             hash  g:GROUP -> accepted identity; t:GROUP IDENTITY -> highest term
local P, C = ARGV[1], ARGV[2]
local call = redis.call
local JOBS, BUSY, PAUSED, INCARNATIONS = P .. ':jobs', P .. ':busy', P .. ':paused', P .. ':incarnations'
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local millis = time[1] * 1000 + math.floor(time[2] / 1000)

-- Two texts as one that no other two give.
local function joined(first, second)
  return #first .. ':' .. first .. second
end

local function assignedKey(inc, pool)
  return P .. ':a:' .. joined(inc, pool)
end

local function runningKey(inc, pool)
  return P .. ':h:' .. joined(inc, pool)
end

-- Counts this call; its number is the first part of every answer. A script that must work in a full server says so by
-- a harmless write before all others: Redis refuses only the first write of a script.
local function written()
  local count = redis.pcall('INCR', P .. ':writes')
  if type(count) == 'table' then
    call('SET', P .. ':writes', 1)
    return 1
  end
  return count
end

-- Notes what is to be said once.
local function damaged(text)
  call('RPUSH', P .. ':damaged', string.sub(text, 1, 300))
  call('LTRIM', P .. ':damaged', -1000, -1)
end

-- A key of another type than ours is set apart: it costs what was in it, and nothing else.
local function setApart(key)
  call('RENAME', key, P .. ':unreadable' .. string.sub(key, #P + 1))
  damaged('Key ' .. key .. ' has another type than ours and is set apart as ' .. P .. ':unreadable' .. string.sub(key, #P + 1))
end

-- What a command answers, or that if the key has another type than ours.
local function answerOf(otherwise, command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) == 'table' and answer.err then
    if not string.find(answer.err, 'WRONGTYPE', 1, true) then
      error(answer.err)
    end
    setApart(key)
    return otherwise
  end
  return answer
end

-- A hash or set of short texts is a list to Redis as long as it is small, up to 512, and looked through from its head at each question: that would be
-- dearer than all else. A long text keeps it a table; its field or member is not UTF-8, so nobody's key.
local function keepTable(key)
  if call('HEXISTS', key, '\255') == 0 then
    call('HSET', key, '\255', string.rep(' ', 72))
  end
end

local LONG = '\255' .. string.rep(' ', 72)

local function keepSetTable(key)
  if call('SISMEMBER', key, LONG) == 0 then
    call('SADD', key, LONG)
  end
end

local function evenIfFull()
  call('DEL', P .. ':none')
end

-- The first of n numbers greater than all that this key gave, not less than the clock; with several, 256 divides it.
local function numbers(key, n)
  local last = tonumber(call('GET', key) or '0') or 0
  local base = math.max(last + 1, micros)
  if n > 1 then
    base = math.ceil(base / 256) * 256
  end
  call('SET', key, string.format('%.0f', base + n - 1))
  return base
end
