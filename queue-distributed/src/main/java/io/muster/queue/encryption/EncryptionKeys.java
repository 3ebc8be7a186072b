package io.muster.queue.encryption;

import io.muster.cluster.ClusterConfigurationException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of an application by their ids. The first one encrypts and signs; all of them decrypt and verify. To rotate: add the new key behind
 * the others on every node, then put it first, and take the old one out when no job is left that was pushed with it. Immutable and thread-safe.
 * J6
 *
 * <p>Each message has a key of its own, made by HMAC-SHA-256 from the named key and a random salt, and is encrypted by AES-256-GCM: no number of
 * messages wears a key out.
 */
public final class EncryptionKeys {
    /** No key: nothing can be encrypted or signed, and nothing decrypted. */
    public static final EncryptionKeys NONE = new EncryptionKeys(new LinkedHashMap<>());

    /** The setting that names keys. */
    public static final String SETTING = "muster.keys";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,50}");
    private static final String FORM =
            "; write them as ID:KEY,ID:KEY with keys of 32 bytes in Base64, the one that encrypts first";
    private static final int KEY_BYTES = 32;
    private static final int SALT_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte ENCRYPTING = 1;
    private static final byte SIGNING = 2;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, SecretKeySpec> keys;

    private EncryptionKeys(Map<String, SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * What was encrypted.
     *
     * @param keyId the key that decrypts it
     */
    public record Sealed(String keyId, byte[] box) {}

    /**
     * Keys as text: {@code ID:KEY,ID:KEY}, each key 32 bytes in Base64, the one that encrypts first; none if it is blank.
     *
     * @throws ClusterConfigurationException it is something else; the message does not show it
     */
    public static EncryptionKeys parse(String text) {
        Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
        List<String> parts = text.isBlank() ? List.of() : List.of(text.split(",", -1));
        for (String part : parts) {
            int colon = part.indexOf(':');
            String id = part.substring(0, Math.max(0, colon)).strip();
            if (!ID.matcher(id).matches()) {
                throw new ClusterConfigurationException(SETTING + ": key " + (keys.size() + 1)
                        + " has no id of 1 to 50 letters, digits, points, lines or hyphens" + FORM);
            }
            if (keys.putIfAbsent(id, key(id, part.substring(colon + 1).strip())) != null) {
                throw new ClusterConfigurationException(SETTING + ": two keys have the id \"" + id + "\"");
            }
        }
        return keys.isEmpty() ? NONE : new EncryptionKeys(keys);
    }

    /** A new key with this id, as {@link #parse} reads it. */
    public static String generate(String id) {
        byte[] key = random(KEY_BYTES);
        return id + ":" + Base64.getEncoder().encodeToString(key);
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /**
     * Encrypts with the first key.
     *
     * @param bound what it belongs to: whoever decrypts it has to say the same
     * @throws IllegalStateException there is no key
     */
    public Sealed seal(byte[] plain, byte[] bound) {
        String id = first();
        byte[] salt = random(SALT_BYTES);
        byte[] nonce = random(NONCE_BYTES);
        try {
            byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, derived(id, ENCRYPTING, salt), nonce, bound)
                    .doFinal(plain);
            return new Sealed(
                    id,
                    ByteBuffer.allocate(SALT_BYTES + NONCE_BYTES + encrypted.length)
                            .put(salt)
                            .put(nonce)
                            .put(encrypted)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK does not encrypt by AES-GCM", e);
        }
    }

    /**
     * Decrypts what {@link #seal} made.
     *
     * @throws DecryptionException the key is not known here; or the box, its key's id or {@code bound} was changed
     */
    public byte[] open(Sealed sealed, byte[] bound) {
        String id = known(sealed.keyId());
        if (sealed.box().length < SALT_BYTES + NONCE_BYTES + TAG_BITS / Byte.SIZE) {
            throw new DecryptionException("it is cut off");
        }
        ByteBuffer box = ByteBuffer.wrap(sealed.box());
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[NONCE_BYTES];
        byte[] encrypted = new byte[box.capacity() - SALT_BYTES - NONCE_BYTES];
        box.get(salt).get(nonce).get(encrypted);
        try {
            return cipher(Cipher.DECRYPT_MODE, derived(id, ENCRYPTING, salt), nonce, bound)
                    .doFinal(encrypted);
        } catch (AEADBadTagException e) {
            throw new DecryptionException("it was changed, belongs to another job, or key \"" + id
                    + "\" is not the one that it was encrypted with");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK does not decrypt by AES-GCM", e);
        }
    }

    /**
     * Signs with the first key: {@code ID:SIGNATURE}.
     *
     * @throws IllegalStateException there is no key
     */
    public String sign(byte[] message) {
        String id = first();
        return id + ":" + Base64.getEncoder().encodeToString(signature(id, message));
    }

    /**
     * Looks whether {@link #sign} made this signature for the same message.
     *
     * @throws DecryptionException it did not, or the key is not known here
     */
    public void verify(byte[] message, String signature) {
        int colon = Math.max(0, signature.indexOf(':'));
        String id = known(signature.substring(0, colon));
        byte[] given = decoded(signature.substring(Math.min(signature.length(), colon + 1)))
                .orElseThrow(() -> new DecryptionException("its signature is no Base64"));
        if (!MessageDigest.isEqual(given, signature(id, message))) {
            throw new DecryptionException("its signature does not fit: it was changed, or key \"" + id
                    + "\" is not the one that it was signed with");
        }
    }

    /** The bytes of Base64; empty if it is none. */
    public static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Ids, the first of which encrypts. */
    public Set<String> ids() {
        return Set.copyOf(keys.keySet());
    }

    private String first() {
        return keys.keySet().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no key here; set " + SETTING
                        + " or QUEUE_KEYS to the same keys on all nodes" + FORM));
    }

    private String known(String id) {
        if (!keys.containsKey(id)) {
            boolean shown = ID.matcher(id).matches();
            throw new DecryptionException("key " + (shown ? "\"" + id + "\"" : "without a valid id")
                    + " is not known here; known are " + keys.keySet() + ". Add it to " + SETTING);
        }
        return id;
    }

    private byte[] signature(String id, byte[] message) {
        try {
            return mac(id).doFinal(labelled(SIGNING, message));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
        }
    }

    private SecretKeySpec derived(String id, byte use, byte[] salt) throws GeneralSecurityException {
        return new SecretKeySpec(mac(id).doFinal(labelled(use, salt)), "AES");
    }

    private Mac mac(String id) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(keys.get(id));
        return mac;
    }

    private static byte[] labelled(byte use, byte[] message) {
        return ByteBuffer.allocate(message.length + 1).put(use).put(message).array();
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] bound)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }

    private static SecretKeySpec key(String id, String base64) {
        byte[] bytes = decoded(base64)
                .filter(decoded -> decoded.length == KEY_BYTES)
                .orElseThrow(() -> new ClusterConfigurationException(SETTING + ": key \"" + id
                        + "\" is not 32 bytes in Base64; \"openssl rand -base64 32\" makes one"));
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** Shows ids only. */
    @Override
    public String toString() {
        return "EncryptionKeys" + new ArrayList<>(keys.keySet());
    }
}
