import JSON
import JobStore
import Jobs
import KomodoSimulator
import Testing

/// Every operation through the whole worker, against a whole Komodo.
@Suite(.timeLimit(.minutes(5)))
struct OperationTests {
    static let converging: [(JobOperation, String, JSONObject)] = [
        (.deploy, "web", [:]), (.build, "my-app", [:]), (.startServer, "prod-1", [:]),
        (.stopServer, "prod-2", [:]), (.restartServer, "staging", [:]),
        (.runProcedure, "nightly", [:]), (.triggerAction, "report", ["args": ["rows": 3]]),
        (.pullRepo, "infra", [:]), (.cloneRepo, "my-repo", [:]),
        (.startDeployment, "stopped-app", [:]), (.stopDeployment, "api", ["time": 5]),
        (.restartDeployment, "db", [:]), (.pauseDeployment, "cache", [:]),
        (.unpauseDeployment, "cache", [:]), (.pullDeployment, "worker", [:]),
        (.destroyDeployment, "my-app", ["signal": "SIGTERM"]),
        (.deployStack, "shop", [:]), (.deployStack, "monitoring", ["services": ["grafana"]]),
        (.startStack, "blog", [:]), (.stopStack, "blog", [:]),
        (.restartStack, "media", ["services": ["proxy"]]), (.pauseStack, "media", [:]),
        (.unpauseStack, "media", [:]), (.pullStack, "blog", [:]),
        (.destroyStack, "blog", ["remove_orphans": true]),
        (.startContainer, "prod-1", ["container": "web"]),
        (.stopContainer, "prod-1", ["container": "db"]),
        (.restartContainer, "prod-1", ["container": "api"]),
        (.destroyContainer, "prod-1", ["container": "cache"]),
        (.runSync, "production", [:]), (.buildRepo, "my-repo", [:]),
    ]

    @Test(arguments: ["1.19.5", "2.3.2"])
    func everyOperationSucceedsOnceWithItsLog(_ version: String) async throws {
        var plan = Bench.Plan()
        plan.version = version
        try await Bench.with(plan) { bench in
            var jobs: [JobRecord] = []
            for (operation, target, arguments) in Self.converging {
                jobs.append(try await bench.enqueue(operation, target, arguments))
            }
            try await bench.withWorker { _ in
                for job in jobs {
                    let name = "\(job.operation.rawValue) \(job.target.name)"
                    let ended = try await bench.expect(job, endsAs: .success, name)
                    #expect(ended.remote?.updateID != nil, "\(name)")
                    #expect(ended.attempt == 1, "\(name)")
                    #expect(ended.finishedAt != nil && ended.error == nil, "\(name)")
                    #expect(try await !bench.store.logs(of: job.row).isEmpty, "\(name)")
                    #expect(bench.submissions(job) == 1, "\(name)")
                }
            }
        }
    }

    @Test
    func cancelsAreOperationsOfTheirOwn() async throws {
        try await Bench.with(.unhurried) { bench in
            try await bench.withWorker { _ in
                let pairs: [(JobOperation, JobOperation, String)] = [
                    (.build, .cancelBuild, "slow-build"),
                    (.triggerAction, .cancelAction, "slow-action"),
                ]
                for (operation, cancel, target) in pairs {
                    let job = try await bench.enqueue(operation, target)
                    _ = try await bench.wait(for: job, in: .running(.inProgress))
                    let canceller = try await bench.enqueue(cancel, target)
                    try await bench.expect(canceller, endsAs: .success)
                    let ended = try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                    #expect(ended.cancelRequestedAt == nil)
                }
            }
        }
    }

    @Test
    func aCancelThatKomodoRefusesFailsAndLeavesTheRunAlone() async throws {
        let hang = ResourceFault("my-repo", .hangs, times: 1)
        try await Bench.with(resources: [hang]) { bench in
            try await bench.withWorker { _ in
                let build = try await bench.enqueue(.buildRepo, "my-repo")
                _ = try await bench.wait(for: build, in: .running(.inProgress))
                let refused = try await bench.enqueue(.cancelRepoBuild, "my-repo")
                let ended = try await bench.expect(refused, endsAs: .failed(.remoteFailed))
                #expect(ended.error?.message.contains("not possible") == true)
                #expect(try await bench.current(build).state == .running(.inProgress))
                bench.simulator.restart()
                try await bench.expect(build, endsAs: .failed(.remoteInterrupted))
            }
        }
    }

    @Test
    func aCancelledProcedureEndsAfterItsStage() async throws {
        // The cancel has to arrive before the last stage.
        try await Bench.with(.unhurried) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.runProcedure, "slow-procedure")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                let canceller = try await bench.enqueue(.cancelProcedure, "slow-procedure")
                try await bench.expect(canceller, endsAs: .success)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
            }
        }
    }

    @Test(arguments: ["shop", "media"])
    func aChangedStackIsFollowedByTheUpdateThatAppears(_ stack: String) async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deployStackIfChanged, stack)
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.remote?.updateID != nil)
                #expect(try await !bench.store.logs(of: job.row).isEmpty)
                #expect(try await bench.history(job).contains("update_found"))
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func anUnchangedStackIsASuccessThatSaysSo() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deployStackIfChanged, "monitoring")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.remote == .state)
                let events = try await bench.store.events(EventQuery(job.row)).events
                #expect(events.last?.detail?.contains("no change detected") == true)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aChangedStackThatFailsIsAFailure() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deployStackIfChanged, "broken-stack")
                try await bench.expect(job, endsAs: .failed(.remoteFailed))
            }
        }
    }
}
