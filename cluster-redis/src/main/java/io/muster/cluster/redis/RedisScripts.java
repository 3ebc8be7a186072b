package io.muster.cluster.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The atomic operations. A script runs alone at the server, all or nothing as long as its first write is not refused; so
 * scripts that need memory begin with a write that Redis refuses when it is full. All moments are those of the server's own
 * clock. Each is bounded to about a millisecond, since others wait meanwhile.
 *
 * <p>ARGV 1 and 2 are always the prefixes of keys and channels, see {@link RedisKeys#LUA}. Keys other than KEYS 1 are made
 * inside, in the same slot. A bound entry whose session is gone and an entry past its end count as absent everywhere; only
 * {@link #SWEEP} and {@link #OPEN} remove them.
 */
record RedisScripts(String name, String text, String digest) {
    /** Paths that one run removes at most. */
    private static final int MOST_REMOVED = 128;
    /** Keys of the server, whosever they are, that one run looks at. */
    private static final int LOOKED_AT = 1_000;
    /** What the server's answer says if it is the index of a directory that is of another type than ours; then nothing was applied. */
    static final String NO_INDEX = "WRONGTYPE index";

    private static final String TIME = RedisKeys.LUA
            + """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            """;

    /**
     * {@code head(path)}: revision, created, session, end, and with {@code 'v'} the value; nil if absent, or no entry: {@code wrong}.
     * {@code ofIndex(answer)} says of an error that it is about an index.
     */
    private static final String READING = TIME + "local NO_INDEX = '" + NO_INDEX + "'\n"
            + """
            local function ofIndex(answer)
              local wrong = type(answer) == 'table' and answer.err and string.find(answer.err, 'WRONGTYPE', 1, true)
              return wrong and redis.error_reply(NO_INDEX) or answer
            end
            local lives, wrong = {}, {}
            local function alive(id)
              if lives[id] == nil then lives[id] = redis.call('EXISTS', sessionKey(id)) == 1 end
              return lives[id]
            end
            local function head(path, value)
              local e = redis.pcall('HMGET', entryKey(path), 'r', 'c', 's', 'x', value or 'r')
              if e.err or (e[1] and not (tonumber(e[1]) and tonumber(e[2]))) then
                wrong[path] = true
                return nil
              end
              if not e[1] or (e[3] and not alive(e[3])) or (e[4] and (tonumber(e[4]) or 0) <= now) then return nil end
              return e
            end
            """;

    /** {@code changed(directory, name)} collects, {@code announce()} tells the watchers. */
    private static final String ANNOUNCING =
            """
            local directories, names = {}, {}
            local function changed(directory, name)
              if not names[directory] then
                names[directory] = {}
                directories[#directories + 1] = directory
              end
              local list = names[directory]
              list[#list + 1] = name
            end
            local function announce()
              for _, directory in ipairs(directories) do
                redis.call('PUBLISH', hintChannel(directory), table.concat(names[directory], '\\n'))
              end
            end
            local function due(moment, item)
              local first = redis.call('ZRANGE', dueKey, 0, 0, 'WITHSCORES')
              redis.call('ZADD', dueKey, moment, item)
              if not first[2] or moment < tonumber(first[2]) then redis.call('PUBLISH', dueChannel, moment - now) end
            end
            """;

    /** {@code bury(id)} removes what was bound to an ended session; false if the budget did not suffice. */
    private static final String BURYING = TIME + ANNOUNCING + "local budget = " + MOST_REMOVED + "\n"
            + """
            local function remove(path)
              local directory, name = string.match(path, '^(.*)/([^/]*)$')
              redis.call('DEL', entryKey(path))
              redis.pcall('ZREM', directoryKey(directory), name)
              changed(directory, name)
              budget = budget - 1
            end
            local function bury(id)
              local paths = budget > 0 and redis.call('SPOP', boundKey(id), budget) or {}
              for _, path in ipairs(paths) do
                if redis.call('HGET', entryKey(path), 's') == id then remove(path) end
              end
              if redis.call('EXISTS', boundKey(id)) == 1 then return false end
              redis.call('ZREM', dueKey, 's:' .. id)
              return true
            end
            local function sweep()
              local items = redis.call('ZRANGE', dueKey, 0, 15, 'WITHSCORES')
              for i = 1, #items, 2 do
                local item, moment = items[i], tonumber(items[i + 1])
                if moment > now then return moment - now end
                if budget <= 0 then return 0 end
                local kind, subject = string.sub(item, 1, 1), string.sub(item, 3)
                if kind == 's' then
                  local left = redis.call('PTTL', sessionKey(subject))
                  if left >= 0 then redis.call('ZADD', dueKey, now + left + 1, item) else bury(subject) end
                else
                  local ends = tonumber(redis.call('HGET', entryKey(subject), 'x') or nil)
                  if ends and ends > now then
                    redis.call('ZADD', dueKey, ends, item)
                  else
                    redis.call('ZREM', dueKey, item)
                    if ends then remove(subject) end
                  end
                end
              end
              return #items == 0 and -1 or 0
            end
            """;

    /**
     * Applies a transaction.
     *
     * <p>KEYS 1 revision. ARGV 3 number of compares; for each compare: kind ({@code a}bsent, {@code p}resent,
     * {@code u}nchanged), path, revision; then for each write: kind ({@code p}ut, {@code t}imed put, {@code b}ind,
     * {@code d}elete), directory, name, value, TTL in ms or session.
     *
     * <p>Returns {@code [1, revision]}; or {@code [0, n…]}, the operations (from 1, compares first) whose condition does not
     * hold; or {@code [-1, session]} if that session has ended; or {@code [-2, path]} if a put met a bound entry.
     */
    static final RedisScripts COMMIT = script(
            "commit",
            READING
                    + ANNOUNCING
                    + """
            local compares = tonumber(ARGV[3])
            local failed = {0}
            for i = 1, compares do
              local at = 1 + i * 3
              local e = head(ARGV[at + 1])
              local kind, holds = ARGV[at], nil
              if kind == 'a' then holds = not e
              elseif kind == 'p' then holds = e
              else holds = e and e[1] == ARGV[at + 2] end
              if not holds then failed[#failed + 1] = i end
            end
            local writes, old, grows = {}, {}, false
            for at = 4 + compares * 3, #ARGV, 5 do
              local i = #writes + 1
              local write = {ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]}
              writes[i] = write
              local path = write[2] .. '/' .. write[3]
              write.path = path
              if write[1] == 'b' and not alive(write[5]) then return {-1, write[5]} end
              local e = head(path)
              if write[1] == 'b' and e then failed[#failed + 1] = compares + i end
              if (write[1] == 'p' or write[1] == 't') and e and e[3] then return {-2, path} end
              old[i] = e
              changed(write[2], write[3])
            end
            if #failed > 1 then return failed end
            -- One of another type ends this before anything is written.
            for _, directory in ipairs(directories) do
              local size = ofIndex(redis.pcall('ZCARD', directoryKey(directory)))
              if type(size) == 'table' then return size end
            end

            local last = tonumber(redis.call('GET', revisionKey) or '0') or 0
            local revision = math.max(last + 1, time[1] * 1000000 + time[2])
            local number = string.format('%.0f', revision)
            announce()
            for i, write in ipairs(writes) do
              local kind, path = write[1], write.path
              if kind ~= 'd' then
                if wrong[path] then redis.call('DEL', entryKey(path)) end
                local key, created = entryKey(path), old[i] and old[i][2] or number
                if kind == 'p' then
                  redis.call('HSET', key, 'v', write[4], 'r', number, 'c', created)
                  redis.call('HDEL', key, 's', 'x')
                elseif kind == 't' then
                  local ends = now + tonumber(write[5]) + 1
                  redis.call('HSET', key, 'v', write[4], 'r', number, 'c', created, 'x', ends)
                  redis.call('HDEL', key, 's')
                  due(ends, 'e:' .. path)
                else
                  redis.call('HSET', key, 'v', write[4], 'r', number, 'c', created, 's', write[5])
                  redis.call('HDEL', key, 'x')
                  redis.call('SADD', boundKey(write[5]), path)
                end
                if not old[i] then redis.call('ZADD', directoryKey(write[2]), 0, write[3]) end
              end
            end
            for i, write in ipairs(writes) do
              if write[1] == 'd' then
                redis.call('DEL', entryKey(write.path))
                redis.call('ZREM', directoryKey(write[2]), write[3])
                if old[i] and old[i][3] then redis.call('SREM', boundKey(old[i][3]), write.path) end
              end
            end
            redis.call('SET', revisionKey, number)
            return {1, revision}
            """);

    /**
     * Reads entries of one directory.
     *
     * <p>KEYS 1 the directory. ARGV 3 directory, then names. Returns for each name {@code [name, value, revision, created,
     * session or empty]}, or nil if absent.
     */
    static final RedisScripts READ = script(
            "read",
            READING
                    + """
            local found = {}
            for at = 4, #ARGV do
              local e = head(ARGV[3] .. '/' .. ARGV[at], 'v')
              found[at - 3] = e and {ARGV[at], e[5], e[1], e[2], e[3] or ''} or false
            end
            return found
            """);

    /**
     * Reads a page of a directory.
     *
     * <p>KEYS 1 the directory. ARGV 3 directory, 4 where to begin ({@code -} or {@code (name}), 5 most names, 6 field to
     * read ({@code v}, or {@code r} to leave values out), 7 bytes of values after which the page ends.
     *
     * <p>Returns {@code [1 if there may be more else 0, last name looked at, entries as in READ…]}.
     */
    static final RedisScripts LIST = script(
            "list",
            READING
                    + """
            local most, bytes = tonumber(ARGV[5]), tonumber(ARGV[7])
            local page = {0, ''}
            local names = ofIndex(redis.pcall('ZRANGEBYLEX', KEYS[1], ARGV[4], '+', 'LIMIT', 0, most + 1))
            if names.err then return names end
            for i, name in ipairs(names) do
              if i > most or bytes <= 0 then
                page[1] = 1
                break
              end
              page[2] = name
              local e = head(ARGV[3] .. '/' .. name, ARGV[6])
              if e then
                local value = ARGV[6] == 'v' and e[5] or ''
                bytes = bytes - #value
                page[#page + 1] = {name, value, e[1], e[2], e[3] or ''}
              end
            end
            return page
            """);

    /**
     * Makes the index of a directory anew, out of the entries, if it is of another type than ours: that one is set apart then. Some keys of
     * the server are looked at in each run. As long as the index is of another type nothing can be added to the directory. A cursor means nothing to
     * another server: one that has taken over meanwhile is looked through from the beginning.
     *
     * <p>KEYS 1 the directory. ARGV 3 directory, 4 cursor, {@code 0} at first. Returns {@code [cursor to go on with, 1]}, or {@code ['0', 2]}
     * once that is done, or {@code ['0', 0]} if nothing is to be done.
     */
    static final RedisScripts REINDEX = script(
            "reindex",
            RedisKeys.LUA + "local many = " + LOOKED_AT + "\n"
                    + """
            local made, kind = P .. ':rebuilt:' .. ARGV[3], redis.call('TYPE', KEYS[1]).ok
            if kind == 'zset' or kind == 'none' then
              redis.call('DEL', made)
              return {'0', 0}
            end
            local before = entryKey(ARGV[3] .. '/')
            local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
            local cursor, of = string.match(ARGV[4], '^(%d+)@(%w+)$')
            local found = redis.call('SCAN', of == server and cursor or '0', 'MATCH', before .. '*', 'COUNT', many)
            for _, key in ipairs(found[2]) do
              local name = string.sub(key, #before + 1)
              if not string.find(name, '/', 1, true) then redis.call('ZADD', made, 0, name) end
            end
            if found[1] ~= '0' then return {found[1] .. '@' .. server, 1} end
            redis.call('RENAME', KEYS[1], P .. ':unreadable:d:' .. ARGV[3])
            if redis.call('EXISTS', made) == 1 then redis.call('RENAME', made, KEYS[1]) end
            return {'0', 2}
            """);

    /** Opens a session and sweeps. KEYS 1 its key. ARGV 3 id, 4 TTL in ms. Returns 1. */
    static final RedisScripts OPEN = script(
            "open",
            BURYING
                    + """
            redis.call('SET', KEYS[1], '1', 'PX', ARGV[4])
            due(now + tonumber(ARGV[4]) + 1, 's:' .. ARGV[3])
            sweep()
            announce()
            return 1
            """);

    /**
     * Renews a session. KEYS 1 its key. ARGV 3 id, 4 TTL in ms. Returns 1, or 0 if it has ended. Works in a full server
     * too: PEXPIRE needs no memory and lets ZADD pass.
     */
    static final RedisScripts RENEW = script(
            "renew",
            TIME
                    + """
            if redis.call('PEXPIRE', KEYS[1], ARGV[4]) == 0 then return 0 end
            redis.call('ZADD', dueKey, now + tonumber(ARGV[4]) + 1, 's:' .. ARGV[3])
            return 1
            """);

    /**
     * Ends a session: from the first run on, nothing bound to it exists. KEYS 1 its key. ARGV 3 id. Returns 1 when all its
     * entries are removed, 0 if it must be run again.
     */
    static final RedisScripts END = script(
            "end",
            BURYING
                    + """
            redis.call('DEL', KEYS[1])
            local done = bury(ARGV[3])
            announce()
            return done and 1 or 0
            """);

    /**
     * Removes what has ended, bounded, and tells the watchers. KEYS 1 revision. ARGV 3 pulse channel, 4 pulse to
     * publish there, or empty. Returns milliseconds until the next end is due, 0 if there is more to do now, -1 if nothing can end.
     */
    static final RedisScripts SWEEP = script(
            "sweep",
            BURYING
                    + """
            local next = sweep()
            announce()
            if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[3], ARGV[4]) end
            return next
            """);

    /**
     * Identity of the namespace's line of terms; also shows whether the user may run scripts and publish.
     *
     * <p>KEYS 1 identity. ARGV 3 id to set if there is none. Returns the id.
     */
    static final RedisScripts IDENTITY = script(
            "identity",
            RedisKeys.LUA
                    + """
            redis.call('PUBLISH', C .. ':rights', '')
            local id = redis.call('GET', KEYS[1])
            if id then return id end
            redis.call('SET', KEYS[1], ARGV[3])
            return ARGV[3]
            """);

    private static RedisScripts script(String name, String text) {
        return new RedisScripts(name, text, sha1(text));
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }
}
