import FoundationEssentials
import NIOSSL
import Subprocess
import TestSupport
import Testing

/// A certificate authority as people run one at home, made anew for each test.
struct TestAuthority: Sendable {
    private let folder: TemporaryDirectory

    /// The file that tells clients to trust the authority.
    var file: String { folder.file("authority.pem") }

    /// Makes the authority.
    init() async throws {
        folder = try TemporaryDirectory()
        try Self.configuration.write(
            toFile: folder.file("openssl.cnf"), atomically: true, encoding: .utf8)
        try await request("authority", extensions: "authority", "-subj", "/CN=Test authority")
    }

    /// How a server proves to be the host of this name, such as `IP:127.0.0.1`.
    func server(_ name: String) async throws -> NIOSSLContext {
        let extensions = "\(Self.configuration)\n[server]\nsubjectAltName = \(name)\n"
        try extensions.write(
            toFile: folder.file("openssl.cnf"), atomically: true, encoding: .utf8)
        try await request(
            "server", extensions: "server", "-subj", "/CN=Test server", "-CA", file, "-CAkey",
            folder.file("authority.key"))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(folder.file("server.pem"))
                    .map { .certificate($0) },
                privateKey: .privateKey(
                    NIOSSLPrivateKey(file: folder.file("server.key"), format: .pem))))
    }

    private static let configuration = """
        [req]
        distinguished_name = name
        [name]
        [authority]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign
        subjectKeyIdentifier = hash
        """

    /// Makes a key and a certificate for it.
    private func request(
        _ name: String, extensions: String, _ arguments: String...
    ) async throws {
        let fixed = [
            "req", "-x509", "-config", folder.file("openssl.cnf"), "-extensions", extensions,
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2",
            "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).pem"),
        ]
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(fixed + arguments), output: .discarded,
            error: .string(limit: 1 << 16))
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
    }
}
