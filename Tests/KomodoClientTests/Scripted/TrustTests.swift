import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// Whom the client believes to be Komodo.
@Suite(.timeLimit(.minutes(2)))
struct TrustTests {
    private static let isBusy: [ScriptedServer.Action] = [
        .send(ScriptedServer.text(200, #"{"deploying":true}"#))
    ]

    /// A connection to a server that says to be `name`, and that server.
    private func server(
        _ script: ScriptedServer.Script, name: String = "IP:127.0.0.1",
        authority: TestAuthority
    ) async throws -> ScriptedServer {
        try await ScriptedServer.start(script, tls: try await authority.server(name))
    }

    private func connection(_ server: ScriptedServer, trusting file: String?) -> KomodoConnection {
        var connection = testConnection(server.url)
        connection.certificateFile = file
        return connection
    }

    @Test
    func aPrivateAuthorityIsTrustedThroughItsFile() async throws {
        let authority = try await TestAuthority()
        let server = try await server(
            .init(onRequest: {
                $0.path == "/execute" || $0.path.hasPrefix("/execute/")
                    ? [.send(ScriptedServer.text(200, updateText()))] : Self.isBusy
            }), authority: authority)
        try await withClient(connection(server, trusting: authority.file)) { client in
            let isBusy = try await client.isBusy(submission().target)
            #expect(isBusy)
            let result = await client.submit(submission()) { true }
            #expect(kind(result.outcome) == "accepted", "\(result)")
        }
        #expect(server.received.requests.count == 2)
        #expect(server.received.requests.allSatisfy { $0.headers["x-api-secret"] == testSecret })
        try await server.stop()
    }

    @Test
    func anUnknownAuthorityGetsNoByteOfARequest() async throws {
        let authority = try await TestAuthority()
        let server = try await server(.always(.close), authority: authority)
        try await expectRefusal(
            server, connection(server, trusting: nil), saying: "its certificate is not trusted")
    }

    @Test
    func anotherAuthoritysFileHelpsNothing() async throws {
        let authority = try await TestAuthority()
        let another = try await TestAuthority()
        let server = try await server(.always(.close), authority: authority)
        try await expectRefusal(
            server, connection(server, trusting: another.file),
            saying: "its certificate is not trusted")
    }

    @Test
    func theCertificateMustBeThatOfTheHost() async throws {
        let authority = try await TestAuthority()
        let server = try await server(
            .always(.close), name: "DNS:komodo.example", authority: authority)
        try await expectRefusal(
            server, connection(server, trusting: authority.file),
            saying: "its certificate is for another host")
    }

    @Test
    func aFileThatCannotBeReadIsSaid() async throws {
        let authority = try await TestAuthority()
        let server = try await server(.always(.close), authority: authority)
        try await expectRefusal(
            server, connection(server, trusting: authority.file + ".missing"),
            saying: "The file with trusted certificates cannot be read")
    }

    @Test
    func verificationCanBeSwitchedOff() async throws {
        let authority = try await TestAuthority()
        let server = try await server(.always(Self.isBusy[0]), authority: authority)
        var connection = connection(server, trusting: nil)
        connection.verifiesCertificates = false
        let isBusy = try await withClient(connection) {
            try await $0.isBusy(submission().target)
        }
        #expect(isBusy)
        try await server.stop()
    }

    /// Expects that nothing leaves, whether it asks or changes something.
    private func expectRefusal(
        _ server: ScriptedServer, _ connection: KomodoConnection, saying words: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let asked = Tally()
        try await withClient(connection) { client in
            let error = await #expect(throws: KomodoError.self, sourceLocation: location) {
                try await client.isBusy(submission().target)
            }
            #expect(error?.code == .unreachable, sourceLocation: location)
            #expect(
                error?.message.contains(words) == true, "\(error?.message ?? "")",
                sourceLocation: location)
            let result = await client.submit(submission()) {
                asked.add()
                return true
            }
            #expect(
                kind(result.outcome) == "undelivered", "\(result)", sourceLocation: location)
            #expect("\(result.outcome)".contains(words), "\(result)", sourceLocation: location)
        }
        #expect(asked.count == 0, sourceLocation: location)
        #expect(server.received.heads.isEmpty, sourceLocation: location)
        try await server.stop()
    }
}
