package io.muster.cluster.etcd;

import io.muster.servers.LocalServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Speaks TLS in front of a plain server, demanding a client certificate: its own, which it also presents. */
final class TlsFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFront.class);
    private static final char[] SECRET = "changeit".toCharArray();
    private static final String ALIAS = "front";

    private final LocalServer server;
    private final SSLServerSocket listener;
    private final Path certificate;
    private final Path key;

    /** Certificate and key are written to {@code directory}. */
    TlsFront(LocalServer server, Path directory) throws Exception {
        this.server = server;
        KeyStore keys = generate(directory.resolve("front.p12"));
        this.certificate = Files.writeString(
                directory.resolve("front.pem"),
                pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        this.key = Files.writeString(
                directory.resolve("front.key"),
                pem("PRIVATE KEY", keys.getKey(ALIAS, SECRET).getEncoded()));
        this.listener = (SSLServerSocket)
                context(keys).getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setNeedClientAuth(true);
        listener.setSSLParameters(parameters);
        background(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    Path certificate() {
        return certificate;
    }

    Path key() {
        return key;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() throws IOException {
        while (true) {
            SSLSocket client = (SSLSocket) listener.accept();
            background(() -> serve(client));
        }
    }

    private void serve(SSLSocket client) throws IOException {
        try (client;
                Socket target = new Socket(server.host(), server.port())) {
            client.startHandshake();
            background(() -> copy(target.getInputStream(), client.getOutputStream()));
            copy(client.getInputStream(), target.getOutputStream());
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[16_384];
        for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
            to.write(buffer, 0, length);
            to.flush();
        }
    }

    private static KeyStore generate(Path file) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        int result = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=front",
                        "-validity",
                        "2",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(SECRET))
                .inheritIO()
                .start()
                .waitFor();
        if (result != 0) {
            throw new IOException("keytool ended with " + result);
        }
        return KeyStore.getInstance(file.toFile(), SECRET);
    }

    private static SSLContext context(KeyStore keys) throws GeneralSecurityException, IOException {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, SECRET);
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static String pem(String type, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }

    private static void background(Link link) {
        Thread thread = new Thread(
                () -> {
                    try {
                        link.run();
                    } catch (IOException ended) {
                        LOG.debug("A link has ended reason={}", ended.getMessage());
                    }
                },
                "tls-front");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Link {
        void run() throws IOException;
    }
}
