/**
 * Keys of an application, and what is done with them: payloads are encrypted, names of code are signed. Begin with {@link
 * io.muster.queue.encryption.EncryptionKeys}. No thread runs here; whatever prints one of these shows ids of keys, never keys.
 */
@NullMarked
package io.muster.queue.encryption;

import org.jspecify.annotations.NullMarked;
