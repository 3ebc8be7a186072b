package io.muster.queue.job;

/**
 * A reference from a job to an object that is kept elsewhere. Only the id is in the payload; {@link JobContext#resolve} asks for the
 * object when the job runs, so that it is as it is then. Which class that is, is said by the field's declared type and never by the
 * payload. J1
 *
 * @param type class of the object, for which a {@link RefResolver} is registered where the job runs
 * @param id its id, as text
 */
public record Ref<T>(Class<T> type, String id) {
    /** A reference; the id is kept as its text. */
    public static <T> Ref<T> of(Class<T> type, Object id) {
        return new Ref<>(type, id.toString());
    }
}
