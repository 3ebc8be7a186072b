package io.muster.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * A certificate for a name or address, made by the JDK's {@code keytool} for one test, with its key, in the forms that servers and
 * clients read. It is its own authority: who trusts it trusts nothing else.
 *
 * @param certificate PEM
 * @param key PKCS #8 in PEM, not encrypted
 * @param keys both as PKCS #12, under {@link #PASSWORD}
 * @param trust the certificate alone as PKCS #12, under {@link #PASSWORD}
 */
public record Certificates(Path certificate, Path key, Path keys, Path trust) {
    public static final String PASSWORD = "changeit";
    private static final String ALIAS = "server";
    private static final long LIMIT_SECONDS = 60;

    /** Makes one for {@code 127.0.0.1}, and not {@code localhost}, in this directory; {@code name} tells several apart. */
    public static Certificates make(Path directory, String name) {
        return make(directory, name, "ip:127.0.0.1");
    }

    /** As {@link #make(Path, String)}, for what {@code holders} names, such as {@code ip:127.0.0.1,dns:localhost}. */
    public static Certificates make(Path directory, String name, String holders) {
        Path keys = directory.resolve(name + ".p12");
        try {
            generate(keys, holders, directory.resolve(name + ".keytool.log"));
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(keys)) {
                store.load(in, PASSWORD.toCharArray());
            }
            Certificate certificate = store.getCertificate(ALIAS);
            byte[] key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
            return new Certificates(
                    pem(directory.resolve(name + ".crt.pem"), "CERTIFICATE", certificate.getEncoded()),
                    pem(directory.resolve(name + ".key.pem"), "PRIVATE KEY", key),
                    keys,
                    trust(directory.resolve(name + ".trust.p12"), certificate));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write certificates to " + directory, failed);
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException("cannot read " + keys, failed);
        }
    }

    private static void generate(Path keys, String holders, Path log) throws IOException {
        Path keytool = JavaProcess.launcher().resolveSibling("keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        ALIAS,
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=" + holders,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", interrupted);
        }
    }

    private static Path trust(Path file, Certificate certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("trusted", certificate);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static Path pem(Path file, String kind, byte[] content) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
        return Files.writeString(file, text, StandardCharsets.US_ASCII);
    }
}
