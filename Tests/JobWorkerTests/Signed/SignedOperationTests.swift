import JSON
import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Testing

/// Jobs that run through the signed interface.
@Suite(.timeLimit(.minutes(5)))
struct SignedOperationTests {
    /// The nine operations of the interface, each on a target of its own.
    static let operations: [(JobOperation, String, JSONObject)] = [
        (.deploy, "web", ["options": ["force": true, "stopBeforeStart": true]]),
        (.build, "my-app", ["options": ["skipCache": true]]),
        (.startServer, "prod-1", [:]), (.stopServer, "prod-2", ["options": ["force": false]]),
        (.restartServer, "staging", ["options": ["timeout": 30]]),
        (.runProcedure, "nightly", ["variables": ["ENV": "production"]]),
        (.triggerAction, "report", ["payload": ["target": "production"]]),
        (.pullRepo, "infra", ["options": ["branch": "main", "submodules": true]]),
        (.cloneRepo, "my-repo", ["options": ["depth": 1]]),
    ]

    /// Every way in which the interface may write its answers.
    static let styles = [false, true].flatMap { isEnveloped in
        [false, true].flatMap { isCamelCase in
            [false, true].map { isModuleShaped in
                SignedStyle(
                    isEnveloped: isEnveloped, isCamelCase: isCamelCase,
                    isModuleShaped: isModuleShaped)
            }
        }
    }

    static func plan(
        rules: [FaultRule] = [], resources: [ResourceFault] = [],
        style: SignedStyle = SignedStyle()
    ) -> Bench.Plan {
        var plan = Bench.Plan()
        plan.dialect = .signed
        plan.signedStyle = style
        plan.faults = FaultScript(rules: rules, resources: resources)
        return plan
    }

    @Test(arguments: styles)
    func everyOperationSucceedsOnce(_ style: SignedStyle) async throws {
        try await Bench.with(Self.plan(style: style)) { bench in
            var jobs: [JobRecord] = []
            for (operation, target, arguments) in Self.operations {
                jobs.append(try await bench.enqueue(operation, target, arguments))
            }
            try await bench.withWorker { _ in
                for job in jobs {
                    let name = "\(job.operation.rawValue) \(job.target.name)"
                    let ended = try await bench.expect(job, endsAs: .success, name)
                    #expect(ended.attempt == 1, "\(name)")
                    #expect(bench.submissions(job) == 1, "\(name)")
                }
            }
        }
    }

    @Test
    func optionsArriveAsTheyWereGivenAndOursStayHere() async throws {
        try await Bench.with(Self.plan()) { bench in
            try await bench.withWorker { _ in
                let options: JSONValue = [
                    "force": true, "skipPull": false, "waitForHealthy": true, "timeout": 5,
                ]
                let deploy = try await bench.enqueue(.deploy, "web", ["options": options])
                let action = try await bench.enqueue(.triggerAction, "report", ["args": ["a": 1]])
                try await bench.expect(deploy, endsAs: .success)
                let ended = try await bench.expect(action, endsAs: .success)
                let sent = bench.simulator.ledger.submissions(of: "Deploy").first?.params
                #expect(sent?["options"] == ["force": true, "skipPull": false])
                let run = bench.simulator.ledger.submissions(of: "RunAction").first?.params
                #expect(run?["options"] == ["async": true])
                #expect(run?["args"] == ["a": 1])
                let log = try await bench.store.logs(of: ended.row)
                #expect(log.contains { $0.stdout.contains("completed successfully") })
            }
        }
    }

    @Test(arguments: [
        (JobOperation.deploy, "broken"), (.build, "broken-build"),
        (.triggerAction, "broken-action"),
        (.runProcedure, "broken-procedure"),
    ])
    func aRemoteFailureIsAFailure(_ operation: JobOperation, _ target: String) async throws {
        try await Bench.with(Self.plan()) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(operation, target)
                let ended = try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(ended.error?.code == .executionError)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func oneTargetRunsOneAfterTheOther() async throws {
        try await Bench.with(Self.plan()) { bench in
            var jobs: [JobRecord] = []
            for _ in 0..<3 { jobs.append(try await bench.enqueue(.deploy, "web")) }
            try await bench.withWorker { _ in
                for job in jobs {
                    let ended = try await bench.expect(job, endsAs: .success)
                    #expect(ended.attempt == 1)
                }
                #expect(bench.simulator.ledger.submissions(of: "Deploy").count == 3)
            }
        }
    }

    @Test
    func aTargetAtWorkIsWaitedFor() async throws {
        let busy = ResourceFault("web", .busy, lasts: .seconds(5))
        try await Bench.with(Self.plan(resources: [busy])) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 1)
                #expect(try await bench.history(job).contains("busy"))
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func whatTheInterfaceLacksIsRefusedBeforeItIsQueued() async throws {
        try await Bench.with(Self.plan()) { bench in
            await #expect(throws: (any Error).self) {
                try await bench.enqueue(.deployStack, "shop")
            }
            await #expect(throws: (any Error).self) {
                try await bench.enqueue(.deploy, "web", ["options": ["branch": "main"]])
            }
            let page = try await bench.store.jobs(JobQuery())
            #expect(page.jobs.isEmpty)
        }
    }
}
