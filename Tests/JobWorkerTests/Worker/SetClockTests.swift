import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import TestSupport
import Testing

/// A wall clock that is set while jobs run.
@Suite(.timeLimit(.minutes(5)))
struct SetClockTests {
    /// Which part of a worker waits for the job.
    enum Part: CaseIterable, Sendable { case following, verifying }

    @Test(arguments: Part.allCases)
    func aRunningJobKeepsItsTimeWhenTheClockIsSetForward(_ part: Part) async throws {
        let resources = part == .following ? [ResourceFault("web", .hangs)] : []
        try await Bench.with(resources: resources) { bench in
            let looks = Mutex(0)
            var plan = WorkerUnderTest.Plan()
            plan.komodo = AlteredKomodo(
                komodo: bench.komodo,
                health: {
                    looks.withLock { $0 += 1 }
                    return HealthReport(.starting, detail: "starting")
                })
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.deploy, "web") {
                    $0.deadline = .seconds(600)
                    $0.waitsForHealth = part == .verifying
                }
                _ = try await bench.wait(
                    for: job, in: part == .following ? .running(.inProgress) : .running(.verifying))
                bench.clock.setWallClock(by: .seconds(3_600))
                let before = looks.withLock(\.self)
                try await worker.passes(10)
                if part == .verifying {
                    #expect(
                        try await eventually(within: Bench.limit) {
                            looks.withLock { $0 > before + 3 }
                        })
                }
                #expect(try await bench.current(job).state.status == .running)
                // The time that really passes counts.
                bench.clock.advance(by: .seconds(600))
                try await bench.expect(job, endsAs: .failed(.deadline))
            }
        }
    }

    @Test
    func aDeployThatMayStillAppearIsWaitedForThoughTheClockWasSetForward() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            plan.policy.quietTime = .seconds(600)
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.deployStackIfChanged, "monitoring")
                _ = try await bench.wait(for: job, in: .running(.accepted))
                bench.clock.setWallClock(by: .seconds(3_600))
                try await worker.passes(10)
                #expect(try await bench.current(job).state.status == .running)
                // The time that really passes counts.
                bench.clock.advance(by: .seconds(600))
                try await bench.expect(job, endsAs: .success)
            }
        }
    }

    @Test
    func aJobThatWaitsForAnotherTryIsTriedWhenTheClockIsSetBack() async throws {
        let busy = FaultAction.status(429, headers: ["Retry-After": "4"])
        let rule = FaultRule(path: "/execute", times: 1, action: busy)
        try await Bench.with(rules: [rule]) { bench in
            try await bench.withWorker { worker in
                try await worker.passes(2)
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .pending(.throttled))
                bench.clock.setWallClock(by: .seconds(-3_600))
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }
}
