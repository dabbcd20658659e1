import Intake
import JSON
import JobStore
import Jobs
import KomodoClient
import KomodoSimulator
import MCP
import Redaction
import Testing

@testable import KomodoTools

/// The options where Komodo has the signed interface, which knows the documented ones.
@Suite(.timeLimit(.minutes(2)))
struct SignedOptionTests {
    private static func with(
        _ body: @escaping @Sendable (ToolBench) async throws -> Void
    ) async throws {
        var options = SimulatorOptions()
        options.timeScale = 0.02
        options.api = .signed
        try await withKomodoSimulator(options) { _, address in
            let komodo = SignedKomodo(
                connection: KomodoConnection(
                    url: address.url, apiKey: Secret(address.apiKey),
                    apiSecret: Secret(address.apiSecret), requestTimeout: .seconds(5)),
                permit: { _ in }, logger: ToolBench.logger, userAgent: "tests")
            do {
                try await ToolBench.offline(
                    { context in
                        context.komodo = komodo
                        context.intake = JobIntake(
                            store: context.store, komodo: komodo, redactor: context.redactor)
                    }, body)
            } catch {
                await komodo.shutdown()
                throw error
            }
            await komodo.shutdown()
        }
    }

    @Test func documentedOptionsAreHandedOnAndOursAreNot() async throws {
        try await Self.with { bench in
            let table: [(String, String, JSONObject, JSONObject)] = [
                (
                    ToolName.deploy, "web", ["options": ["force": true, "skipPull": true]],
                    ["options": ["force": true, "skipPull": true]]
                ),
                (
                    ToolName.cloneRepo, "infra",
                    ["options": ["branch": "develop", "depth": 1, "overwrite": false]],
                    ["options": ["branch": "develop", "depth": 1, "overwrite": false]]
                ),
                (
                    ToolName.stopServer, "staging",
                    ["options": ["force": true, "removeContainer": true, "timeout": 90]],
                    ["options": ["force": true, "removeContainer": true]]
                ),
                (
                    ToolName.runProcedure, "nightly",
                    ["variables": ["ENV": "production"], "options": ["async": true]],
                    ["variables": ["ENV": "production"]]
                ),
                (
                    ToolName.triggerAction, "report",
                    ["payload": ["rows": 3], "options": ["retryOnFailure": true]],
                    ["args": ["rows": 3]]
                ),
            ]
            for (tool, target, given, stored) in table {
                var arguments = given
                arguments["id"] = .string(target)
                arguments["wait_seconds"] = 0
                let answer = try await bench.call(
                    tool, arguments,
                    asking: .answers(.accepted(["confirm": true, "target": .string(target)])))
                #expect(!answer.isError, "\(tool): \(answer.structured)")
                #expect(answer.data["notes"] == nil, "\(tool)")
                let job = try #require(try await bench.jobs().first)
                #expect(job.arguments == stored, "\(tool)")
            }
            #expect(try await bench.jobs().contains { $0.retriesFailure })
            #expect(try await bench.jobs().contains { $0.deadline == .seconds(90) })
        }
    }

    @Test(arguments: [JobOperation.deployStack, .stopStack, .cancelBuild])
    func operationsThatItLacksAreRefusedUnasked(_ operation: JobOperation) async throws {
        try await Self.with { bench in
            let answer = try await bench.call(ToolName.execute(operation), ["id": "shop"])
            #expect(answer.code == "UNSUPPORTED_OPTION", "\(answer.structured)")
            #expect(answer.structured["error"]?.string?.contains("KOMODO_API=core") == true)
            #expect(try await bench.jobs().isEmpty)
        }
    }
}
