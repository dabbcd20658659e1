import JSON
import JobStore
import Jobs
import KomodoClient
import KomodoSimulator
import MCP
import Testing

@testable import KomodoTools

/// Every parameter of the nine tools where Komodo has the signed interface, which knows them: it
/// reaches Komodo as it was given, or is ours to do and stays here.
@Suite(.timeLimit(.minutes(5)))
struct SignedOptionTests {
    /// What comes of an argument.
    enum Fate: Sendable {
        /// Komodo gets this body.
        case sent(JSONObject)
        /// Komodo hears nothing of it, and it shows in the job.
        case ours(@Sendable (JobRecord) -> Bool)

        /// Komodo hears nothing, as if nothing had been asked for.
        static let nothing = Fate.ours {
            $0.deadline == nil && !$0.waitsForHealth && !$0.retriesFailure
        }

        /// Komodo gets it as an option.
        static func option(_ name: String, _ value: JSONValue) -> Fate {
            .sent(["options": .object([name: value])])
        }
    }

    /// One row: the tool, its target, the argument and what becomes of it.
    struct Row: Sendable, CustomStringConvertible {
        let tool: String
        let target: String
        let argument: String
        let value: JSONValue
        let fate: Fate

        var description: String { "\(tool) \(argument): \(value)" }

        init(
            _ tool: String, _ target: String, _ argument: String, _ value: JSONValue,
            _ fate: Fate? = nil
        ) {
            self.tool = tool
            self.target = target
            self.argument = argument
            self.value = value
            self.fate = fate ?? .option(argument, value)
        }

        var arguments: JSONObject {
            var arguments: JSONObject = ["id": .string(target), "wait_seconds": 0, "new": true]
            if ["variables", "payload"].contains(argument) {
                arguments[argument] = value
            } else {
                arguments["options"] = .object([argument: value])
            }
            return arguments
        }
    }

    private static let deadline = Fate.ours { $0.deadline == .seconds(90) }
    private static let health = Fate.ours { $0.waitsForHealth }

    static let rows: [Row] = [
        Row(ToolName.deploy, "web", "force", true), Row(ToolName.deploy, "web", "force", false),
        Row(ToolName.deploy, "web", "stopBeforeStart", true),
        Row(ToolName.deploy, "web", "skipPull", true),
        Row(ToolName.build, "my-app", "skipCache", true),
        Row(ToolName.build, "my-app", "skipPull", true),
        Row(ToolName.build, "my-app", "forceBuild", true),
        Row(ToolName.build, "my-app", "forceBuild", .null, .nothing),
        Row(ToolName.startServer, "staging", "timeout", 90, deadline),
        Row(ToolName.startServer, "staging", "waitForHealthy", true, health),
        Row(ToolName.startServer, "staging", "waitForHealthy", false, .nothing),
        Row(ToolName.stopServer, "staging", "timeout", 90, deadline),
        Row(ToolName.stopServer, "staging", "force", true),
        Row(ToolName.stopServer, "staging", "removeContainer", true),
        Row(ToolName.restartServer, "staging", "timeout", 90, deadline),
        Row(ToolName.restartServer, "staging", "force", true),
        Row(ToolName.restartServer, "staging", "waitForHealthy", true, health),
        Row(
            ToolName.runProcedure, "nightly", "variables", ["ENV": "production"],
            .sent(["variables": ["ENV": "production"]])),
        Row(ToolName.runProcedure, "nightly", "variables", [:], .nothing),
        Row(ToolName.runProcedure, "nightly", "async", true, .nothing),
        Row(ToolName.runProcedure, "nightly", "async", false, .nothing),
        Row(ToolName.runProcedure, "nightly", "timeout", 90, deadline),
        Row(
            ToolName.triggerAction, "report", "payload", ["rows": 3],
            .sent(["args": ["rows": 3]])),
        Row(ToolName.triggerAction, "report", "async", true, .nothing),
        Row(ToolName.triggerAction, "report", "async", false, .nothing),
        Row(
            ToolName.triggerAction, "report", "retryOnFailure", true, .ours { $0.retriesFailure }),
        Row(ToolName.triggerAction, "report", "retryOnFailure", false, .nothing),
        Row(ToolName.pullRepo, "infra", "branch", "develop"),
        Row(ToolName.pullRepo, "infra", "branch", "", .nothing),
        Row(ToolName.pullRepo, "infra", "force", true),
        Row(ToolName.pullRepo, "infra", "submodules", true),
        Row(ToolName.cloneRepo, "infra", "branch", "develop"),
        Row(ToolName.cloneRepo, "infra", "depth", 1),
        Row(ToolName.cloneRepo, "infra", "submodules", true),
        Row(ToolName.cloneRepo, "infra", "overwrite", false),
        Row(ToolName.cloneRepo, "infra", "overwrite", true),
    ]

    private static func with(
        _ body: @escaping @Sendable (ToolBench, KomodoSimulator) async throws -> Void
    ) async throws {
        // Nothing runs long enough to be in the way of what follows.
        try await ToolBench.live(timeScale: 0, works: false, dialect: .signed) { bench in
            try await body(bench, try #require(bench.simulator))
        }
    }

    /// The body that Komodo gets for a job.
    private static func body(
        of job: JobRecord, _ bench: ToolBench, _ simulator: KomodoSimulator
    ) async throws -> JSONObject {
        let before = simulator.ledger.submissions().count
        let submission = Submission(
            operation: job.operation, target: job.target, arguments: job.arguments)
        let result = await bench.context.komodo?.submit(submission) { true }
        guard case .accepted? = result?.outcome else {
            throw StoreError(.failed, "\(String(describing: result))")
        }
        // What a procedure runs is none of ours.
        let submissions = simulator.ledger.submissions()
        #expect(submissions.count == before + 1)
        var body = try #require(submissions.last?.params.object)
        body[job.operation.spec.targetParameter] = nil
        return body
    }

    /// What Komodo always gets: otherwise its answer would come with the end of the run.
    private static func usual(_ operation: JobOperation) -> JSONObject {
        [.runProcedure, .triggerAction].contains(operation) ? ["options": ["async": true]] : [:]
    }

    @Test func everyDocumentedParameterHasARow() {
        for tool in ExecuteRegistry.documented {
            let names = tool.options.map(\.name) + tool.extras.map(\.name)
            let covered = Set(Self.rows.filter { $0.tool == tool.name }.map(\.argument))
            #expect(covered == Set(names), "\(tool.name)")
        }
    }

    @Test func eachRowDoesWhatItSays() async throws {
        try await Self.with { bench, simulator in
            for row in Self.rows {
                let count = try await bench.jobs().count
                let answer = try await bench.call(
                    row.tool, row.arguments,
                    asking: .answers(.accepted(["confirm": true, "target": .string(row.target)])))
                #expect(!answer.isError, "\(row): \(answer.structured)")
                #expect(answer.data["notes"] == nil, "\(row): \(answer.structured)")
                let jobs = try await bench.jobs()
                try #require(jobs.count == count + 1, "\(row)")
                let body = try await Self.body(of: jobs[0], bench, simulator)
                var expected = Self.usual(jobs[0].operation)
                switch row.fate {
                case .sent(let more):
                    for member in more.members { expected[member.key] = member.value }
                case .ours(let isRight): #expect(isRight(jobs[0]), "\(row)")
                }
                #expect(
                    JSONValue.object(body).canonical() == JSONValue.object(expected).canonical(),
                    "\(row)")
            }
        }
    }

    @Test func aQuestionNamesTheDeploymentsWhereContainersAreNotTold() async throws {
        try await Self.with { bench, _ in
            let answer = try await bench.call(ToolName.stopServer, ["id": "staging"])
            #expect(answer.code == "CONFIRMATION_REQUIRED", "\(answer.structured)")
            let text = answer.details["consequence"]?.string ?? ""
            #expect(text.contains("On 'staging' now: 2 deployments: "), "\(text)")
            #expect(text.contains("stopped-app") && text.contains("new-app"), "\(text)")
        }
    }

    private static let misfits: [(String, String, JSONValue)] = [
        (ToolName.cloneRepo, "depth", 0), (ToolName.cloneRepo, "depth", "all"),
        (ToolName.pullRepo, "branch", 7), (ToolName.deploy, "force", "yes"),
        (ToolName.deploy, "timeout", 9), (ToolName.build, "skipCache", 1),
    ]

    @Test(arguments: misfits)
    func whatDoesNotFitIsRefusedUnsent(
        _ tool: String, _ option: String, _ value: JSONValue
    ) async throws {
        try await Self.with { bench, simulator in
            let answer = try await bench.call(
                tool, ["id": "infra", "options": .object([option: value])],
                asking: .answers(.accepted(["confirm": true, "target": "infra"])))
            #expect(answer.code == "VALIDATION_ERROR", "\(answer.structured)")
            #expect(try await bench.jobs().isEmpty)
            #expect(simulator.ledger.executionCount == 0)
        }
    }

    @Test(arguments: [JobOperation.deployStack, .stopStack, .cancelBuild])
    func operationsThatItLacksAreRefusedUnasked(_ operation: JobOperation) async throws {
        try await Self.with { bench, simulator in
            let answer = try await bench.call(ToolName.execute(operation), ["id": "shop"])
            #expect(answer.code == "UNSUPPORTED_OPTION", "\(answer.structured)")
            #expect(answer.structured["error"]?.string?.contains("KOMODO_API=core") == true)
            #expect(try await bench.jobs().isEmpty)
            #expect(simulator.ledger.requestCount == 0)
        }
    }
}
