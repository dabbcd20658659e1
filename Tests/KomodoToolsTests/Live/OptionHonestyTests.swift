import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// Every parameter of the nine tools does what it says, or is refused before anything is queued.
@Suite(.timeLimit(.minutes(5)))
struct OptionHonestyTests {
    /// What comes of an argument.
    enum Fate: Sendable {
        /// Nothing is queued, and this field of Komodo is named.
        case refused(String)
        /// The job is queued, with a note that says what Komodo does anyway.
        case implied
        /// The job is queued, and it shows there.
        case shows(@Sendable (JobRecord) -> Bool)

        /// The job is queued as if nothing had been asked for.
        static let nothing = Fate.shows {
            $0.arguments.isEmpty && $0.deadline == nil && !$0.waitsForHealth && !$0.retriesFailure
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
            _ tool: String, _ target: String, _ argument: String, _ value: JSONValue, _ fate: Fate
        ) {
            self.tool = tool
            self.target = target
            self.argument = argument
            self.value = value
            self.fate = fate
        }

        var arguments: JSONObject {
            var arguments: JSONObject = ["id": .string(target), "wait_seconds": 0]
            if ["variables", "payload"].contains(argument) {
                arguments[argument] = value
            } else {
                arguments["options"] = .object([argument: value])
            }
            return arguments
        }
    }

    private static let deadline = Fate.shows { $0.deadline == .seconds(90) }
    private static let health = Fate.shows { $0.waitsForHealth }

    static let rows: [Row] = [
        Row(ToolName.deploy, "web", "force", true, .implied),
        Row(ToolName.deploy, "web", "force", false, .implied),
        Row(ToolName.deploy, "web", "stopBeforeStart", true, .implied),
        Row(ToolName.deploy, "web", "skipPull", true, .refused("stack.config.auto_pull")),
        Row(ToolName.deploy, "web", "skipPull", false, .nothing),
        Row(ToolName.build, "my-app", "skipCache", true, .refused("build.config.extra_args")),
        Row(ToolName.build, "my-app", "skipCache", false, .nothing),
        Row(ToolName.build, "my-app", "skipPull", true, .refused("build.config.commit")),
        Row(ToolName.build, "my-app", "skipPull", false, .nothing),
        Row(ToolName.build, "my-app", "forceBuild", true, .implied),
        Row(ToolName.startServer, "staging", "timeout", 90, deadline),
        Row(ToolName.startServer, "staging", "waitForHealthy", true, health),
        Row(ToolName.startServer, "staging", "waitForHealthy", false, .nothing),
        Row(ToolName.stopServer, "staging", "timeout", 90, deadline),
        Row(ToolName.stopServer, "staging", "force", true, .refused("StopDeployment.signal")),
        Row(ToolName.stopServer, "staging", "force", false, .nothing),
        Row(
            ToolName.stopServer, "staging", "removeContainer", true,
            .refused("DestroyDeployment")),
        Row(ToolName.stopServer, "staging", "removeContainer", false, .nothing),
        Row(ToolName.restartServer, "staging", "timeout", 90, deadline),
        Row(ToolName.restartServer, "staging", "force", true, .refused("StopDeployment.signal")),
        Row(ToolName.restartServer, "staging", "waitForHealthy", true, health),
        Row(
            ToolName.runProcedure, "nightly", "variables", ["ENV": "production"],
            .refused("RunAction.args")),
        Row(ToolName.runProcedure, "nightly", "variables", [:], .nothing),
        Row(ToolName.runProcedure, "nightly", "async", true, .nothing),
        Row(ToolName.runProcedure, "nightly", "async", false, .nothing),
        Row(ToolName.runProcedure, "nightly", "timeout", 90, deadline),
        Row(
            ToolName.triggerAction, "report", "payload", ["rows": 3],
            .shows { $0.arguments == ["args": ["rows": 3]] }),
        Row(ToolName.triggerAction, "report", "async", true, .nothing),
        Row(
            ToolName.triggerAction, "report", "retryOnFailure", true, .shows { $0.retriesFailure }),
        Row(ToolName.triggerAction, "report", "retryOnFailure", false, .nothing),
        Row(ToolName.pullRepo, "infra", "branch", "main", .implied),
        Row(ToolName.pullRepo, "infra", "branch", "develop", .refused("repo.config.branch")),
        Row(ToolName.pullRepo, "infra", "branch", "", .nothing),
        Row(ToolName.pullRepo, "infra", "force", true, .implied),
        Row(ToolName.pullRepo, "infra", "submodules", true, .refused("repo.config.on_pull")),
        Row(ToolName.pullRepo, "infra", "submodules", false, .nothing),
        Row(ToolName.cloneRepo, "infra", "branch", "develop", .refused("repo.config.branch")),
        Row(ToolName.cloneRepo, "infra", "depth", 1, .refused("repo.config")),
        Row(ToolName.cloneRepo, "infra", "submodules", true, .refused("repo.config.on_clone")),
        Row(ToolName.cloneRepo, "infra", "overwrite", false, .refused("CloneRepo")),
        Row(ToolName.cloneRepo, "infra", "overwrite", .null, .refused("CloneRepo")),
        Row(ToolName.cloneRepo, "infra", "overwrite", true, .nothing),
    ]

    @Test func everyDocumentedParameterHasARow() {
        for tool in ExecuteRegistry.documented {
            let names = tool.options.map(\.name) + tool.extras.map(\.name)
            let covered = Set(Self.rows.filter { $0.tool == tool.name }.map(\.argument))
            #expect(covered == Set(names), "\(tool.name)")
        }
    }

    @Test func eachRowDoesWhatItSays() async throws {
        try await ToolBench.live(works: false) { bench in
            for row in Self.rows {
                let before = try await bench.jobs().count
                var arguments = row.arguments
                arguments["new"] = true
                let answer = try await bench.call(
                    row.tool, arguments,
                    asking: .answers(.accepted(["confirm": true, "target": .string(row.target)])))
                let jobs = try await bench.jobs()
                switch row.fate {
                case .refused(let field):
                    #expect(answer.code == "UNSUPPORTED_OPTION", "\(row): \(answer.structured)")
                    #expect(answer.details["komodo_field"]?.string == field, "\(row)")
                    #expect(answer.details["option"]?.string == row.argument, "\(row)")
                    #expect(jobs.count == before, "\(row)")
                case .implied:
                    #expect(answer.data["notes"]?.array?.count == 1, "\(row): \(answer.structured)")
                    #expect(jobs.first?.arguments.isEmpty == true, "\(row)")
                case .shows(let isRight):
                    #expect(!answer.isError, "\(row): \(answer.structured)")
                    #expect(answer.data["notes"] == nil, "\(row): \(answer.structured)")
                    let job = try #require(jobs.first, "\(row)")
                    #expect(jobs.count == before + 1 && isRight(job), "\(row)")
                }
            }
        }
    }
}
