import JSON
import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Testing

/// Requests that seemed lost and arrive after all, around the moment of the second one.
@Suite(.timeLimit(.minutes(5)))
struct SignedDoubtTests {
    private static func plan(_ operation: JobOperation) -> Bench.Plan {
        SignedOperationTests.plan(rules: [
            FaultRule(type: operation.spec.request, times: 1, action: FaultAction(.dropBefore))
        ])
    }

    /// A worker in whose second attempt the first request arrives, at a step.
    private static func worker(
        _ bench: Bench, at step: WorkerHooks.Step, hangs: Bool = false
    ) -> WorkerUnderTest.Plan {
        let once = Once()
        var plan = WorkerUnderTest.Plan()
        plan.hooks.reached = { reached, job in
            guard reached == step, job.attempt == 2, once.isFirst() else { return }
            if hangs {
                bench.simulator.script(
                    FaultScript(resources: [ResourceFault(job.target.name, .hangs)]))
            }
            _ = await bench.api.submit(
                Submission(operation: job.operation, target: job.target, arguments: [:])
            ) { true }
            while !hangs, bench.simulator.inProgress > 0 { await Task.yield() }
        }
        return plan
    }

    @Test(arguments: [(JobOperation.deploy, "web"), (.build, "my-app")])
    func aLateRunIsAdoptedInsteadOfASecond(
        _ operation: JobOperation, _ target: String
    ) async throws {
        try await Bench.with(Self.plan(operation)) { bench in
            try await bench.withWorker(Self.worker(bench, at: .claimed)) { _ in
                let job = try await bench.enqueue(operation, target)
                let ended = try await bench.expect(job, endsAs: .success)
                let history = try await bench.history(job)
                #expect(history.contains("never_started") && history.contains("evidence_found"))
                #expect(ended.attempt == 1 && ended.duplicateUpdate == nil)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test(arguments: [(JobOperation.deploy, "web"), (.stopServer, "prod-2"), (.pullRepo, "infra")])
    func aTargetAtWorkBeforeTheResendIsUnknown(
        _ operation: JobOperation, _ target: String
    ) async throws {
        try await Bench.with(Self.plan(operation)) { bench in
            try await bench.withWorker(Self.worker(bench, at: .claimed, hangs: true)) { _ in
                let job = try await bench.enqueue(operation, target)
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(try await bench.history(job).last == "busy_in_doubt")
                #expect(!ended.holdsLane && ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aConflictAfterADoubtProvesNothing() async throws {
        try await Bench.with(Self.plan(.deploy)) { bench in
            try await bench.withWorker(Self.worker(bench, at: .aboutToSend, hangs: true)) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(try await bench.history(job).last == "busy_in_doubt")
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aServerThatMovedBeforeTheResendIsUnknown() async throws {
        try await Bench.with(Self.plan(.restartServer)) { bench in
            try await bench.withWorker(Self.worker(bench, at: .claimed)) { _ in
                let job = try await bench.enqueue(.restartServer, "staging")
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(ended.error?.message.contains("may have changed") == true)
                #expect(bench.submissions(job) == 1)
            }
        }
    }
}
