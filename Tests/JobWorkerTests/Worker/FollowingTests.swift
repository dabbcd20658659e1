import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Synchronization
import TestSupport
import Testing

/// Following many jobs, of which some take long to read.
@Suite(.timeLimit(.minutes(5)))
struct FollowingTests {
    @Test
    func aSlowConclusionHoldsUpNoOtherJobAndHappensOnce() async throws {
        try await Bench.with { bench in
            let slow = try await bench.enqueue(.deploy, "web")
            let conclusions = Mutex(0)
            let isFree = Once()
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, job in
                guard step == .concluding, job.row == slow.row else { return }
                conclusions.withLock { $0 += 1 }
                await Self.hold(until: isFree)
            }
            try await bench.withWorker(plan) { worker in
                _ = try await bench.wait(for: slow, "no end:") { _ in
                    conclusions.withLock { $0 } > 0
                }
                for target in ["api", "db"] {
                    let other = try await bench.enqueue(.deploy, target)
                    try await bench.expect(other, endsAs: .success)
                }
                try await worker.passes(4)
                #expect(try await bench.current(slow).state.status == .running)
                #expect(conclusions.withLock { $0 } == 1)
                _ = isFree.isFirst()
                try await bench.expect(slow, endsAs: .success)
                #expect(conclusions.withLock { $0 } == 1)
            }
        }
    }

    @Test
    func aSlowLogHoldsUpNoOtherJob() async throws {
        try await Bench.with(resources: [ResourceFault("slow-build", .hangs)]) { bench in
            let slow = Mutex<String?>(nil)
            let isRead = Once()
            let isFree = Once()
            var plan = WorkerUnderTest.Plan()
            plan.komodo = AlteredKomodo(
                komodo: bench.komodo,
                beforeReading: { id in
                    guard id == slow.withLock({ $0 }) else { return }
                    _ = isRead.isFirst()
                    await Self.hold(until: isFree)
                })
            try await bench.withWorker(plan) { _ in
                let build = try await bench.enqueue(.build, "slow-build")
                let running = try await bench.wait(for: build) { $0.state.status == .running }
                slow.withLock { $0 = running.remote?.updateID }
                try await bench.store.watchLogs(
                    of: build.row, until: bench.clock.store.now() + .seconds(600))
                _ = try await bench.wait(for: build, "log not asked for:") { _ in
                    isRead.hasHappened
                }
                let other = try await bench.enqueue(.deploy, "web")
                try await bench.expect(other, endsAs: .success)
                _ = isFree.isFirst()
                _ = try await bench.store.cancel(build.row)
                try await bench.expect(build, endsAs: .cancelled(.remoteCancelled))
            }
        }
    }

    /// Waits until the test says so.
    private static func hold(until isFree: Once) async {
        do {
            #expect(try await eventually(within: Bench.limit) { isFree.hasHappened })
        } catch {
            // The worker was ended, for the test has failed.
        }
    }

    @Test
    func onlySoManyConclusionsAreUnderWay() async throws {
        var plan = Bench.Plan()
        plan.extraDeployments = 30
        try await Bench.with(plan) { bench in
            let gauge = Gauge()
            let ended = Mutex<[Int64: Int]>([:])
            var workerPlan = WorkerUnderTest.Plan()
            workerPlan.hooks.reached = { step, job in
                guard step == .concluding else { return }
                gauge.rise()
                ended.withLock { $0[job.row, default: 0] += 1 }
                do {
                    // Until a whole lot of them waits.
                    _ = try await eventually(within: .milliseconds(300)) { gauge.most > 8 }
                } catch {
                    // The worker was ended, for the test has failed.
                }
                gauge.fall()
            }
            var jobs: [JobRecord] = []
            for number in 1...30 {
                let name = "app-\(String(10_000 + number).dropFirst())"
                jobs.append(try await bench.enqueue(.deploy, name))
            }
            try await bench.withWorker(workerPlan) { _ in
                for job in jobs { try await bench.expect(job, endsAs: .success) }
            }
            #expect(gauge.most <= 8 && gauge.most > 1)
            #expect(ended.withLock { $0.values.allSatisfy { $0 == 1 } })
        }
    }
}
