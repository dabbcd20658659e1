import JSON
import JobStore
import Jobs
import MCP
import Synchronization
import Testing

@testable import KomodoTools

/// Destructive calls happen only when somebody agreed to exactly them.
@Suite(.timeLimit(.minutes(5)))
struct ConfirmationTests {
    private static let arguments: JSONObject = ["id": "prod-1"]

    private func preview(
        _ bench: ToolBench, _ arguments: JSONObject = arguments, as caller: Caller
    ) async throws -> JSONValue {
        let answer = try await bench.call(ToolName.stopServer, arguments, as: caller)
        #expect(answer.code == "CONFIRMATION_REQUIRED")
        #expect(answer.structured["status"] == 428)
        #expect(answer.structured["error"]?.string?.contains("every container") == true)
        return try #require(answer.details["confirmation_token"])
    }

    @Test func withoutElicitationAPreviewComesAndItsTokenWorksOnce() async throws {
        try await ToolBench.offline { bench in
            let caller = Caller.local(ToolBench.anna)
            let token = try await preview(bench, as: caller)
            #expect(try await bench.jobs().isEmpty)
            var confirmed = Self.arguments
            confirmed["confirmation_token"] = token
            confirmed["wait_seconds"] = 0
            let answer = try await bench.call(ToolName.stopServer, confirmed)
            #expect(answer.data["operation"] == "stop_server")
            #expect(answer.data["action"] == "stop")
            _ = try await bench.store.cancel(try await bench.onlyJob().row)
            let again = try await bench.call(ToolName.stopServer, confirmed)
            #expect(again.code == "CONFIRMATION_REQUIRED")
            #expect(again.structured["error"]?.string?.contains("used already") == true)
            #expect(try await bench.jobs().count == 1)
        }
    }

    @Test func aTokenFitsOneCallOfOneCaller() async throws {
        try await ToolBench.offline { bench in
            let caller = Caller.local(ToolBench.anna)
            let token = try await preview(bench, as: caller)
            func expectRefusal(
                _ tool: String, _ arguments: JSONObject, as caller: Caller, _ word: String,
                _ line: SourceLocation = #_sourceLocation
            ) async throws {
                var arguments = arguments
                arguments["confirmation_token"] = arguments["confirmation_token"] ?? token
                let answer = try await bench.call(tool, arguments, as: caller)
                #expect(answer.code == "CONFIRMATION_REQUIRED", sourceLocation: line)
                #expect(
                    answer.structured["error"]?.string?.contains(word) == true,
                    "\(answer.structured)", sourceLocation: line)
            }
            try await expectRefusal(
                ToolName.stopServer, ["id": "prod-2"], as: caller, "another call")
            try await expectRefusal(
                ToolName.stopServer, ["id": "prod-1", "options": ["timeout": 5]], as: caller,
                "another call")
            try await expectRefusal(
                ToolName.restartServer, Self.arguments, as: caller, "another call")
            try await expectRefusal(
                ToolName.stopServer, Self.arguments, as: .local(Principal(name: "os:bob")),
                "another call or caller")
            try await expectRefusal(
                ToolName.stopServer, ["id": "prod-1", "confirmation_token": "AQAAAABo"],
                as: caller, "not made by this server")
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func aTokenExpiresAfterTenMinutes() async throws {
        let now = Mutex(Int64(1_769_441_400_000))
        let clock = StoreClock(
            now: { JobTime(milliseconds: now.withLock { $0 }) }, sinceBoot: { 0 }, bootID: "b",
            random: { 0 })
        try await ToolBench.offline({ $0.clock = clock }) { bench in
            let token = try await preview(bench, as: .local(ToolBench.anna))
            now.withLock { $0 += 599_000 }
            var confirmed = Self.arguments
            confirmed["confirmation_token"] = token
            now.withLock { $0 += 2_000 }
            let answer = try await bench.call(ToolName.stopServer, confirmed)
            #expect(answer.structured["error"]?.string?.contains("expired") == true)
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func aFormThatAgreesLetsTheCallPass() async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(
                ToolName.restartServer, Self.arguments,
                asking: .answers(.accepted(["confirm": true, "target": "prod-1"])))
            #expect(answer.data["status"] == "pending")
            #expect(try await bench.jobs().count == 1)
        }
    }

    @Test(arguments: [
        ElicitationAnswer.declined, .cancelled,
        .accepted(["confirm": false, "target": "prod-1"]),
        .accepted(["confirm": true, "target": "prod-2"]), .accepted(["confirm": true]),
        .accepted([:]),
    ])
    func anythingElseQueuesNothing(_ given: ElicitationAnswer) async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(
                ToolName.stopServer, Self.arguments, asking: .answers(given))
            #expect(!answer.isError)
            #expect(answer.data["status"] == "cancelled")
            #expect(answer.data["job_id"] == nil)
            let asTask = try await bench.call(
                ToolName.stopServer, Self.arguments, asking: .answers(given),
                taskMode: .requested(timeToLive: nil))
            #expect(asTask.isError && asTask.task == nil)
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test(arguments: [AskError.unanswered, .unfit("no")])
    func nobodyAnsweringIsANo(_ error: AskError) async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(
                ToolName.stopServer, Self.arguments, asking: .fails(error))
            #expect(answer.code == "CONFIRMATION_REQUIRED")
            #expect(answer.details["confirmation_token"] == nil)
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func aConfirmedCallThatIsRepeatedMeetsItsJobUnasked() async throws {
        try await ToolBench.offline { bench in
            for key in [String?.none, "stop-7"] {
                var arguments: JSONObject = ["id": .string("prod-\(key ?? "1")")]
                arguments["idempotency_key"] = key.map { .string($0) }
                arguments["confirmation_token"] = try await preview(
                    bench, arguments, as: .local(ToolBench.anna))
                let first = try await bench.call(ToolName.stopServer, arguments)
                #expect(first.data["deduplicated"] == false)
                let again = try await bench.call(ToolName.stopServer, arguments)
                #expect(again.jobID == first.jobID && again.data["deduplicated"] == true)
                arguments["confirmation_token"] = nil
                let unasked = try await bench.call(
                    ToolName.stopServer, arguments, asking: .fails(.unanswered))
                #expect(unasked.jobID == first.jobID)
                let job = try await bench.store.job(try #require(first.jobID))
                _ = try await bench.store.cancel(job.row)
                // A key means the same job for good; without one an ended job is none to join.
                let late = try await bench.call(ToolName.stopServer, arguments)
                #expect((late.code == "CONFIRMATION_REQUIRED") == (key == nil))
                #expect(late.jobID == (key == nil ? nil : first.jobID))
            }
            #expect(try await bench.jobs().count == 2)
        }
    }

    @Test func anythingElseThanTheSameCallIsConfirmedAnew() async throws {
        try await ToolBench.offline { bench in
            let agreed = Answering.answers(.accepted(["confirm": true, "target": "prod-1"]))
            _ = try await bench.call(
                ToolName.restartServer, ["id": "prod-1", "idempotency_key": "a"], asking: agreed)
            let others: [(String, JSONObject, Caller)] = [
                (
                    ToolName.restartServer, ["id": "prod-1", "idempotency_key": "b"],
                    .local(ToolBench.anna)
                ),
                (
                    ToolName.restartServer, ["id": "prod-1", "new": true],
                    .local(ToolBench.anna)
                ),
                (
                    ToolName.restartServer,
                    [
                        "id": "prod-1", "idempotency_key": "a",
                        "options": ["waitForHealthy": true],
                    ], .local(ToolBench.anna)
                ),
                (
                    ToolName.restartServer, ["id": "prod-1", "idempotency_key": "a"],
                    .local(Principal(name: "os:bob"))
                ),
                (
                    ToolName.stopServer, ["id": "prod-1", "idempotency_key": "a"],
                    .local(ToolBench.anna)
                ),
            ]
            for (name, arguments, caller) in others {
                let answer = try await bench.call(name, arguments, as: caller)
                #expect(answer.code == "CONFIRMATION_REQUIRED", "\(arguments)")
            }
            #expect(try await bench.jobs().count == 1)
        }
    }

    @Test func theFormAsksForATickAndTheName() throws {
        let subject = ConfirmationSubject(
            operation: .stopServer, target: Target(type: .server, id: nil, name: "prod-1"))
        let schema = try JSONSchema(subject.form.schema)
        #expect(schema.accepts(["confirm": true, "target": "prod-1"]))
        #expect(!schema.accepts(["confirm": "yes", "target": "prod-1"]))
        #expect(!schema.accepts(["confirm": true]))
    }
}
