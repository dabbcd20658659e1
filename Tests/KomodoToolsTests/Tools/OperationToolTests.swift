import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

extension ExecuteTool {
    /// The least that a call must have.
    var plainArguments: JSONObject {
        var arguments: JSONObject = ["id": "target"]
        if extras.contains(where: { $0.name == "container" }) { arguments["container"] = "web" }
        return arguments
    }
}

/// The operations beyond the nine documented ones.
@Suite(.timeLimit(.minutes(5)))
struct OperationToolTests {
    static let tools = OperationTools.table.map(\.tool)

    @Test func everyOperationThatMattersHasATool() {
        #expect(
            Self.tools.map(\.name).sorted()
                == [
                    "BuildRepo", "CancelAction", "CancelBuild", "CancelProcedure",
                    "CancelRepoBuild", "DeployStack", "DeployStackIfChanged", "DestroyContainer",
                    "DestroyDeployment", "DestroyStack", "PullDeployment", "PullStack",
                    "RestartContainer", "RestartDeployment", "RestartStack", "RunSync",
                    "StartContainer", "StartDeployment", "StartStack", "StopContainer",
                    "StopDeployment", "StopStack",
                ].map { "komodo_execute_\($0)" })
        let operations = ExecuteRegistry.tools.map(\.operation)
        #expect(Set(operations).count == operations.count)
    }

    @Test(arguments: tools.map(\.name))
    func stopsRestartsAndDestructionAreConfirmed(_ name: String) throws {
        let tool = try Self.tool(name)
        let isConfirmed = ["Stop", "Restart", "Destroy"].contains {
            name.hasPrefix("komodo_execute_\($0)")
        }
        #expect(tool.needsConfirmation == isConfirmed)
        if isConfirmed { #expect(tool.isDestructive) }
        #expect(tool.description.contains("CONFIRMATION_REQUIRED") == isConfirmed)
        #expect(tool.options.map(\.name) == OptionRules.rules(of: tool.operation).map(\.name))
        #expect(tool.toolset != .execute)
    }

    @Test(arguments: tools.filter(\.needsConfirmation).map(\.name))
    func aConfirmedToolAsksAndThenStoresItsOperation(_ name: String) async throws {
        try await ToolBench.offline { bench in
            let tool = try Self.tool(name)
            let asked = try await bench.call(name, tool.plainArguments)
            #expect(asked.code == "CONFIRMATION_REQUIRED")
            #expect(try await bench.jobs().isEmpty)
            let typed = tool.plainArguments["container"] ?? "target"
            let answer = try await bench.call(
                name, tool.plainArguments,
                asking: .answers(.accepted(["confirm": true, "target": typed])))
            #expect(answer.data["status"] == "pending", "\(answer.structured)")
            let job = try await bench.onlyJob()
            #expect(job.operation == tool.operation)
            #expect(job.arguments["container"] == tool.plainArguments["container"])
        }
    }

    @Test func optionsReachKomodosParameters() async throws {
        try await ToolBench.offline { bench in
            let options: JSONValue = [
                "services": ["web"], "stop_time": 20, "timeout": 60, "waitForHealthy": true,
            ]
            _ = try await bench.call(
                ToolName.execute(.deployStack),
                ["id": "shop", "options": options, "wait_seconds": 0])
            let job = try await bench.onlyJob()
            #expect(job.arguments == ["services": ["web"], "stop_time": 20])
            #expect(job.deadline == .seconds(60) && job.waitsForHealth)
        }
    }

    @Test func whatIsMissingOrWrongQueuesNothing() async throws {
        try await ToolBench.offline { bench in
            let calls: [(JobOperation, JSONObject)] = [
                (.startContainer, ["id": "prod-1"]),
                (.startContainer, ["id": "prod-1", "container": ""]),
                (.startStack, ["id": "shop", "options": ["services": []]]),
                (.stopStack, ["id": "shop", "options": ["stop_time": -1]]),
                (.stopDeployment, ["id": "web", "options": ["signal": "SIGKILL"]]),
                (.stopDeployment, ["id": "web", "options": ["waitForHealthy": true]]),
                (.cancelBuild, ["id": "my-app", "options": ["timeout": 5]]),
            ]
            for (operation, arguments) in calls {
                let answer = try await bench.call(ToolName.execute(operation), arguments)
                #expect(answer.code == "VALIDATION_ERROR", "\(operation): \(answer.structured)")
            }
            #expect(try await bench.jobs().isEmpty)
        }
    }

    private static func tool(_ name: String) throws -> ExecuteTool {
        try #require(tools.first { $0.name == name })
    }
}
