import JSON
import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Testing

/// Submissions through the signed interface whose answer never came.
@Suite(.timeLimit(.minutes(5)))
struct SignedLostAnswerTests {
    private static func rules(_ kind: FaultAction.Kind) -> [FaultRule] {
        SignedOperationTests.operations.map { operation, _, _ in
            FaultRule(type: operation.spec.request, times: 1, action: FaultAction(kind))
        }
    }

    @Test(arguments: [FaultAction.Kind.dropAfter, .resetAfter, .stall, .truncate])
    func whatHasAHistoryIsAdoptedAndTheRestIsUnknown(_ kind: FaultAction.Kind) async throws {
        try await Bench.with(SignedOperationTests.plan(rules: Self.rules(kind))) { bench in
            var jobs: [JobRecord] = []
            for (operation, target, arguments) in SignedOperationTests.operations {
                jobs.append(try await bench.enqueue(operation, target, arguments))
            }
            try await bench.withWorker { _ in
                for job in jobs {
                    let name = "\(job.operation.rawValue) \(job.target.name)"
                    let ended = try await bench.end(of: job)
                    switch job.target.type {
                    case .server, .repo:
                        #expect(ended.state == .failed(.outcomeUnknown), "\(name)")
                        #expect(ended.error?.message.contains("no history") == true, "\(name)")
                    default:
                        #expect(ended.state == .success, "\(name)")
                        let history = try await bench.history(job)
                        #expect(history.contains("evidence_found"), "\(name) \(history)")
                        #expect(ended.remote?.updateID != nil, "\(name)")
                    }
                    #expect(ended.attempt == 1, "\(name)")
                    #expect(bench.submissions(job) == 1, "\(name)")
                }
            }
        }
    }

    @Test(arguments: [FaultAction.Kind.dropBefore, .resetBefore])
    func whatNeverStartedIsSentAgainExceptUserCode(_ kind: FaultAction.Kind) async throws {
        try await Bench.with(SignedOperationTests.plan(rules: Self.rules(kind))) { bench in
            var jobs: [JobRecord] = []
            for (operation, target, arguments) in SignedOperationTests.operations {
                jobs.append(try await bench.enqueue(operation, target, arguments))
            }
            try await bench.withWorker { _ in
                for job in jobs {
                    let name = "\(job.operation.rawValue) \(job.target.name)"
                    let ended = try await bench.end(of: job)
                    let isOwnCode = job.operation.spec.resend == .ask
                    #expect(
                        ended.state == (isOwnCode ? .failed(.outcomeUnknown) : .success),
                        "\(name) \(ended.error?.message ?? "")")
                    #expect(bench.submissions(job) == (isOwnCode ? 0 : 1), "\(name)")
                    #expect(ended.duplicateUpdate == nil, "\(name)")
                    if !isOwnCode { #expect(ended.attempt == 2, "\(name)") }
                }
            }
        }
    }

    @Test
    func olderRunsAreNotTakenForTheLostOne() async throws {
        try await Bench.with(SignedOperationTests.plan()) { bench in
            try await bench.withWorker { _ in
                let first = try await bench.enqueue(.deploy, "web")
                try await bench.expect(first, endsAs: .success)
                bench.simulator.script(
                    FaultScript(rules: [
                        FaultRule(type: "Deploy", times: 1, action: FaultAction(.dropBefore))
                    ]))
                let second = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(second, endsAs: .success)
                #expect(try await bench.history(second).contains("never_started"))
                #expect(ended.attempt == 2)
                #expect(bench.submissions(second) == 2)
            }
        }
    }

    @Test
    func aRunThatSurfacesAfterAResendIsReported() async throws {
        let rule = FaultRule(type: "RunBuild", times: 1, action: FaultAction(.dropBefore))
        try await Bench.with(SignedOperationTests.plan(rules: [rule])) { bench in
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, job in
                // What was believed lost arrives after all, while the second one has just ended.
                guard step == .concluding, job.attempt == 2,
                    bench.simulator.ledger.submissions(of: "RunBuild").count == 1
                else { return }
                _ = await bench.api.submit(
                    Submission(operation: .build, target: job.target, arguments: [:])
                ) { true }
                while bench.simulator.inProgress > 0 { await Task.yield() }
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "my-app")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.duplicateUpdate != nil)
            }
        }
    }

    @Test
    func aTargetThatMayNotBeReadProvesNothing() async throws {
        try await Bench.with(SignedOperationTests.plan()) { bench in
            let job = try await bench.enqueue(.deploy, "web")
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, _ in
                guard step == .reconciling else { return }
                bench.simulator.script(
                    FaultScript(resources: [ResourceFault("web", .forbidden)]))
            }
            bench.simulator.script(
                FaultScript(rules: [
                    FaultRule(type: "Deploy", times: 1, action: FaultAction(.dropAfter))
                ]))
            try await bench.withWorker(plan) { _ in
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(ended.error?.message.contains("may not read") == true)
                #expect(bench.submissions(job) == 1)
            }
        }
    }
}
