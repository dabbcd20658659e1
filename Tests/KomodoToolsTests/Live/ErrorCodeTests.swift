import JSON
import JobStore
import Jobs
import KomodoClient
import KomodoSimulator
import MCP
import ScriptedHTTP
import Testing

@testable import KomodoTools

/// Every documented error code as the tools give it, in both dialects: the tools and the client are
/// the real ones, and so is what goes wrong.
@Suite(.timeLimit(.minutes(3)))
struct ErrorCodeTests {
    /// A code, the interface of Komodo, and how it comes about.
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        let status: Int64?
        let dialect: KomodoDialect
        /// What was done, when a code comes about in several ways.
        var way = ""
        let call: @Sendable (KomodoDialect) async throws -> Answer

        var testDescription: String { "\(code) \(way) \(dialect)" }
    }

    /// Every code with its documented status.
    static let statuses: [ToolErrorCode: Int64?] = [
        .authError: 401, .forbidden: 403, .notFound: 404, .validationError: 400, .conflict: 409,
        .networkError: nil, .timeoutError: 504, .internalError: 500, .rateLimitError: 429,
        .executionError: 500, .outcomeUnknown: 409, .confirmationRequired: 428,
        .unsupportedOption: 400,
    ]

    static let rows: [Row] = [KomodoDialect.core, .signed].flatMap { dialect in
        ways.map { code, way, call in
            Row(
                code: code.rawValue, status: statuses[code] ?? nil, dialect: dialect, way: way,
                call: call)
        }
    }

    @Test func noCodeIsForgotten() {
        #expect(Set(Self.ways.map(\.0)) == Set(ToolErrorCode.allCases))
        #expect(Set(Self.statuses.keys) == Set(ToolErrorCode.allCases))
    }

    @Test(arguments: rows)
    func aCodeComesInTheDocumentedEnvelope(_ row: Row) async throws {
        let answer = try await row.call(row.dialect)
        let envelope = answer.structured
        #expect(answer.isError)
        #expect(answer.code == row.code, "\(envelope)")
        #expect(envelope["error"]?.string?.isEmpty == false)
        #expect(envelope["status"]?.int == row.status)
        #expect(envelope["timestamp"]?.string?.hasSuffix("Z") == true)
        #expect(envelope["details"] == nil || envelope["details"]?.object != nil)
        #expect(envelope["data"] == nil)
        let names = Set(envelope.object?.members.map(\.key) ?? [])
        #expect(
            names.isSubset(of: ["error", "code", "status", "timestamp", "details", "retry_after"]))
        let wait = envelope["retry_after"]?.int
        #expect((wait != nil) == (row.code == "RATE_LIMIT_ERROR"))
        #expect(wait ?? 1 >= 1)
    }

    @Test(arguments: [KomodoDialect.core, .signed], [ToolName.getDeployment, ToolName.deploy])
    func anUnknownNameComesWithTheNearest(_ dialect: KomodoDialect, _ tool: String) async throws {
        let answer = try await Self.reading(dialect) { try await $0.call(tool, ["id": "my-ap"]) }
        #expect(answer.code == "NOT_FOUND")
        #expect(answer.details["suggestions"]?.array?.contains("my-app") == true)
        #expect(answer.structured["error"]?.string?.contains("my-app") == true)
    }

    @Test(arguments: [KomodoDialect.core, .signed])
    func theTimeThatKomodoAskedForIsPassedOn(_ dialect: KomodoDialect) async throws {
        let body = #"{"error":"Rate limit exceeded","code":"RATE_LIMIT_ERROR","retry_after":60}"#
        let patience: [ScriptedServer.Action] =
            dialect == .signed
            ? [.send(ScriptedServer.text(429, body))]
            : Self.answer(429, headers: ["Retry-After": "60"])
        let answer = try await Self.scripted(dialect, patience)
        #expect(answer.structured["retry_after"] == 60)
    }

    // MARK: Ways

    private typealias Way = (
        ToolErrorCode, String, @Sendable (KomodoDialect) async throws -> Answer
    )

    private static let ways: [Way] = [
        (.authError, "a wrong secret", { try await refused($0) }),
        (.forbidden, "a hidden resource", { try await forbidden($0) }),
        (
            .notFound, "an unknown name",
            { try await reading($0) { try await $0.call(ToolName.getServer, ["id": "prod-9"]) } }
        ),
        (
            .notFound, "an unknown target",
            { try await reading($0) { try await $0.call(ToolName.deploy, ["id": "my-ap"]) } }
        ),
        (
            .notFound, "an unknown job",
            {
                try await reading($0) {
                    let id = "job_deploy_00000000000000000000000000"
                    return try await $0.call(ToolName.get, ["job_id": .string(id)])
                }
            }
        ),
        (
            .validationError, "a page out of range",
            { try await reading($0) { try await $0.call(ToolName.listServers, ["page": 0]) } }
        ),
        (
            .validationError, "no id",
            { try await reading($0) { try await $0.call(ToolName.deploy, [:]) } }
        ), (.conflict, "a key for two requests", { try await conflict($0) }),
        (.conflict, "a busy target", { try await busy($0) }),
        (.networkError, "no connection", { try await unreachable($0) }),
        (.networkError, "a broken connection", { try await scripted($0, [.close]) }),
        (.networkError, "a gateway", { try await scripted($0, answer(502)) }),
        (.timeoutError, "silence", { try await scripted($0, []) }),
        (.timeoutError, "a gateway's patience", { try await scripted($0, answer(504)) }),
        (.timeoutError, "an operation that takes longer", { try await overdue($0) }),
        (.rateLimitError, "too many requests", { try await limited($0) }),
        (.internalError, "a fault", { try await scripted($0, answer(500)) }),
        (
            .internalError, "an answer that is no JSON",
            { try await scripted($0, [.send(ScriptedServer.text(200, "hello"))]) }
        ), (.executionError, "a failed operation", { try await failed($0) }),
        (.outcomeUnknown, "a lost submission", { try await lost($0) }),
        (
            .confirmationRequired, "an unconfirmed stop",
            { try await reading($0) { try await $0.call(ToolName.stopServer, ["id": "staging"]) } }
        ), (.unsupportedOption, "what the interface lacks", { try await unsupported($0) }),
    ]

    /// Calls something on a bench with a simulated Komodo and nobody who works.
    private static func reading(
        _ dialect: KomodoDialect, works: Bool = false,
        options: SimulatorOptions = SimulatorOptions(),
        _ call: @escaping @Sendable (ToolBench) async throws -> Answer
    ) async throws -> Answer {
        try await ToolBench.live(
            works: works, dialect: dialect, options: options, { _ in }, call)
    }

    private static func refused(_ dialect: KomodoDialect) async throws -> Answer {
        var options = SimulatorOptions()
        options.api = dialect == .core ? .core : .signed
        return try await withKomodoSimulator(options) { _, address in
            let connection = ToolBench.connection(
                address.url, key: address.apiKey, secret: "S_wrong")
            return try await ToolBench.calling(connection, dialect) { bench in
                try await bench.call(ToolName.listServers)
            }
        }
    }

    private static func forbidden(_ dialect: KomodoDialect) async throws -> Answer {
        try await reading(dialect) { bench in
            let shown = try await bench.call(ToolName.getDeployment, ["id": "web"])
            let id = try #require(shown.data["id"])
            bench.simulator?.script(FaultScript(resources: [ResourceFault("web", .forbidden)]))
            return try await bench.call(ToolName.getDeployment, ["id": id])
        }
    }

    private static func conflict(_ dialect: KomodoDialect) async throws -> Answer {
        try await reading(dialect) { bench in
            let key: JSONValue = "release-1"
            _ = try await bench.call(ToolName.deploy, ["id": "web", "idempotency_key": key])
            return try await bench.call(ToolName.deploy, ["id": "api", "idempotency_key": key])
        }
    }

    private static func busy(_ dialect: KomodoDialect) async throws -> Answer {
        try await reading(dialect) { bench in
            let first = try await bench.deploy("web")
            _ = try await bench.send(first)
            return try await bench.call(
                ToolName.deploy, ["id": "web", "new": true, "on_busy": "fail"])
        }
    }

    private static func unreachable(_ dialect: KomodoDialect) async throws -> Answer {
        // Nothing listens on a port that only the system may use.
        try await ToolBench.calling(ToolBench.connection("http://127.0.0.1:1"), dialect) { bench in
            try await bench.call(ToolName.listServers)
        }
    }

    private static func answer(
        _ status: Int, headers: [String: String] = [:]
    ) -> [ScriptedServer.Action] {
        [.send(ScriptedServer.text(status, "", headers: headers))]
    }

    /// Lists servers of a Komodo that reacts so to everything.
    private static func scripted(
        _ dialect: KomodoDialect, _ actions: [ScriptedServer.Action]
    ) async throws -> Answer {
        let server = try await ScriptedServer.start(.init(onRequest: { _ in actions }))
        var connection = ToolBench.connection(server.url)
        if actions.isEmpty { connection.requestTimeout = .milliseconds(500) }
        let answer = try await ToolBench.calling(connection, dialect) { bench in
            try await bench.call(ToolName.listServers)
        }
        try await server.stop()
        return answer
    }

    private static func limited(_ dialect: KomodoDialect) async throws -> Answer {
        switch dialect {
        case .core: return try await scripted(.core, answer(429, headers: ["Retry-After": "60"]))
        case .signed:
            var options = SimulatorOptions()
            options.signedRequestsPerMinute = 1
            return try await reading(.signed, options: options) { bench in
                _ = try await bench.call(ToolName.listServers)
                return try await bench.call(ToolName.listServers)
            }
        }
    }

    private static func overdue(_ dialect: KomodoDialect) async throws -> Answer {
        var options = SimulatorOptions()
        options.faults = FaultScript(resources: [ResourceFault("nightly", .hangs)])
        return try await reading(dialect, works: true, options: options) { bench in
            try await bench.call(
                ToolName.runProcedure,
                ["id": "nightly", "options": ["timeout": 1], "wait_seconds": 45])
        }
    }

    private static func failed(_ dialect: KomodoDialect) async throws -> Answer {
        try await reading(dialect, works: true) { bench in
            try await bench.call(ToolName.deploy, ["id": "broken", "wait_seconds": 45])
        }
    }

    private static func lost(_ dialect: KomodoDialect) async throws -> Answer {
        var options = SimulatorOptions()
        options.faults = FaultScript(
            rules: [FaultRule(path: "/execute", times: 1, action: FaultAction(.dropBefore))])
        return try await reading(dialect, works: true, options: options) { bench in
            try await bench.call(ToolName.runProcedure, ["id": "nightly", "wait_seconds": 45])
        }
    }

    private static func unsupported(_ dialect: KomodoDialect) async throws -> Answer {
        try await reading(dialect) { bench in
            switch dialect {
            case .core: try await bench.call(ToolName.listServers, ["status": "pending"])
            case .signed: try await bench.call(ToolName.getLog, ["deployment": "web"])
            }
        }
    }
}
