package io.muster.cluster.redis;

import io.lettuce.core.ScriptOutputType;
import io.muster.cluster.time.Deadline;
import io.muster.redis.RedisConnection;
import io.muster.redis.RedisErrors.Effect;
import java.util.Arrays;
import java.util.List;

/** Runs scripts on a connection, by what they answer. The first argument of a script is its key. Thread-safe. */
record RedisScriptCalls(RedisConnection connection) {
    /** Runs a script that answers with a number. */
    long number(RedisScripts script, Effect effect, Deadline deadline, byte[][] arguments) {
        return ((Long) run(script, ScriptOutputType.INTEGER, effect, deadline, arguments)).longValue();
    }

    /** Runs a script that answers with a text. */
    byte[] text(RedisScripts script, Effect effect, Deadline deadline, byte[][] arguments) {
        return (byte[]) run(script, ScriptOutputType.VALUE, effect, deadline, arguments);
    }

    /** Runs a script that answers with a list of Long, byte[] and lists. */
    List<?> list(RedisScripts script, Effect effect, Deadline deadline, byte[][] arguments) {
        return (List<?>) run(script, ScriptOutputType.MULTI, effect, deadline, arguments);
    }

    private Object run(
            RedisScripts script, ScriptOutputType output, Effect effect, Deadline deadline, byte[][] arguments) {
        byte[][] key = {arguments[0]};
        byte[][] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        return connection.script(
                script.name(),
                effect,
                deadline,
                redis -> redis.evalsha(script.digest(), output, key, rest),
                redis -> redis.eval(script.text(), output, key, rest));
    }
}
