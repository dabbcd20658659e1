import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct IdentityTests {
    /// A Core that answers the requests of an identification.
    static func core(
        version: String, publicVersion: (Int, String)? = nil, date: String? = nil
    ) -> ScriptedServer.Script {
        .init(onRequest: { request in
            let user = #"{"_id":{"$oid":"\#(otherID)"},"username":"deployer"}"#
            let (status, body): (Int, String) =
                switch (request.method, request.path) {
                case ("GET", "/version"): publicVersion ?? (200, version)
                case ("GET", "/user"): version.hasPrefix("1.") ? (404, "<html>") : (200, user)
                case ("POST", "/auth"):
                    request.body.contains("GetUser") ? (200, user) : (422, "")
                case ("POST", "/read"): (200, #"{"version":"\#(version)"}"#)
                default: (404, "")
                }
            let headers = date.map { ["Date": $0] } ?? [:]
            return [.send(ScriptedServer.text(status, body, headers: headers))]
        })
    }

    @Test(arguments: [
        ("2.3.2", 200, "2.3.2", ["/version", "/user"]),
        ("2.0.0", 200, "v2.0.0\n", ["/version", "/user"]),
        ("2.3.3-dev-4", 200, "2.3.3-dev-4", ["/version", "/user"]),
        ("1.19.5", 404, "<html>", ["/version", "/read", "/auth"]),
        ("1.19.5", 200, "<!doctype html><html>1.2</html>", ["/version", "/read", "/auth"]),
        ("2.1.0", 401, "login first", ["/version", "/read", "/user"]),
    ])
    func versionAndUserAreFoundOnce(
        _ version: String, _ status: Int, _ text: String, _ paths: [String]
    ) async throws {
        let server = try await ScriptedServer.start(
            Self.core(version: version, publicVersion: (status, text)))
        let witness = Witness()
        try await withClient(testConnection(server.url), witness: witness) { client in
            let identity = try await client.identify()
            #expect(identity.version == KomodoVersion(version))
            #expect(identity.operatorID == otherID)
            #expect(identity.username == "deployer")
            _ = try await client.identify()
        }
        #expect(server.received.requests.map(\.path) == paths)
        #expect(witness.permits.count == paths.count)
        try await server.stop()
    }

    @Test
    func callersAtTheSameTimeShareTheQuestion() async throws {
        let server = try await ScriptedServer.start(Self.core(version: "2.3.2"))
        try await withClient(testConnection(server.url)) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { _ = try await client.identify() } }
                try await group.waitForAll()
            }
        }
        #expect(server.received.requests.count == 2)
        try await server.stop()
    }

    @Test
    func anOldKomodoIsRefusedByName() async throws {
        let server = try await ScriptedServer.start(
            Self.core(version: "1.18.4", publicVersion: (404, "")))
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.identify() }
        }
        #expect(error?.code == .invalid)
        #expect(error?.message == "Komodo 1.18.4 is too old; 1.19.0 or newer is needed.")
        try await server.stop()
    }

    @Test
    func theClockOffsetComesFromTheDateHeader() async throws {
        let server = try await ScriptedServer.start(
            Self.core(version: "2.3.2", date: "Tue, 14 Nov 2023 22:13:20 GMT"))
        var surroundings = Surroundings.live
        surroundings.now = { .seconds(1_000) }
        // One minute behind the server.
        surroundings.wallClock = { Timestamp(milliseconds: 1_699_999_940_000) }
        try await withClient(testConnection(server.url), surroundings: surroundings) { client in
            let identity = try await client.identify()
            #expect(identity.clockOffset == .milliseconds(60_500))
        }
        try await server.stop()
    }

    @Test(arguments: [JobOperation.cancelProcedure, .cancelAction])
    func whatKomodoIsTooOldForIsRejectedUnsent(_ operation: JobOperation) async throws {
        let server = try await ScriptedServer.start(Self.core(version: "2.2.0"))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(submission(operation)) { true }
        }
        let message = "\(operation.rawValue) needs Komodo 2.3.0 or newer; this is 2.2.0."
        #expect(result.outcome == .rejected(JobError(.unsupportedOption, message)))
        #expect(!server.received.requests.contains { $0.path == "/execute" })
        try await server.stop()
    }

    @Test
    func otherOperationsNeedNoQuestionFirst() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        try await withClient(testConnection(server.url)) { client in
            _ = await client.submit(submission(.cancelBuild)) { true }
        }
        #expect(server.received.requests.map(\.path) == ["/execute"])
        try await server.stop()
    }
}
