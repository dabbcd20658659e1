import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import TestSupport
import Testing

/// Following jobs while Komodo tells of their updates.
@Suite(.timeLimit(.minutes(5)))
struct FeedTests {
    /// A bench whose slow build lasts for tens of polls, and which lives five times as fast.
    private static var slow: Bench.Plan {
        var plan = Bench.Plan()
        plan.speed = 5
        plan.timeScale = 0.05
        // Six seconds of a machine that may be slow.
        plan.requestTimeout = .seconds(30)
        return plan
    }

    /// A worker that keeps the real intervals and hears a feed.
    private func plan(
        _ bench: Bench, _ feed: any UpdateFeed, pollScale: Double = 1
    ) -> WorkerUnderTest.Plan {
        var plan = WorkerUnderTest.Plan()
        plan.policy = WorkerPolicy(
            reconcileGrace: .milliseconds(700), quietTime: .milliseconds(800),
            pollScale: pollScale)
        plan.komodo = AlteredKomodo(komodo: bench.komodo, feed: feed)
        return plan
    }

    private func count(_ bench: Bench, _ type: String) -> Int {
        bench.simulator.ledger.requestsByType[type, default: 0]
    }

    private func tapped(_ bench: Bench) throws -> TappedFeed {
        TappedFeed(try #require(bench.komodo.updateFeed))
    }

    @Test
    func whileKomodoTellsPollsAreRareAndEndsAreSeenAtOnce() async throws {
        try await Bench.with(Self.slow) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed)) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                #expect(try await eventually(within: Bench.limit) { feed.openings == 1 })
                let opened = count(bench, "ListUpdates")
                try await bench.expect(job, endsAs: .success)
                // After the opening, at the end, and what may have been under way or is due after
                // half a minute; seven and more without the feed.
                #expect(count(bench, "ListUpdates") - opened <= 4)
                #expect(count(bench, "GetUpdate") == 1)
                #expect(count(bench, "GET /ws/update") == 1 && feed.losses == 0)
            }
        }
    }

    @Test
    func aSilentSocketDelaysAnEndNoLongerThanTheNextPoll() async throws {
        var benchPlan = Self.slow
        benchPlan.faults.websocket.stallAfter = 0
        try await Bench.with(benchPlan) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed)) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                #expect(try await eventually(within: Bench.limit) { feed.openings == 1 })
                try await bench.expect(job, endsAs: .success)
                // From then on it is not relied upon, so that the next one is polled at its pace.
                let next = try await bench.enqueue(.build, "slow-build")
                let before = count(bench, "ListUpdates")
                try await bench.expect(next, endsAs: .success)
                #expect(count(bench, "ListUpdates") - before >= 4)
            }
        }
    }

    @Test(arguments: [404, 503])
    func aProxyThatPassesNoUpgradesChangesNothing(_ status: Int) async throws {
        var benchPlan = Bench.Plan()
        benchPlan.faults.websocket.refuses = true
        benchPlan.faults.websocket.status = status
        benchPlan.timeScale = 0.1
        try await Bench.with(benchPlan) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed, pollScale: 0.05)) { _ in
                for _ in 0..<3 {
                    let job = try await bench.enqueue(.deploy, "web")
                    try await bench.expect(job, endsAs: .success)
                }
                #expect(try await eventually(within: Bench.limit) { feed.losses >= 1 })
                #expect(feed.openings == 0)
                #expect(status == 503 || count(bench, "GET /ws/update") == 1)
            }
        }
    }

    @Test
    func whatEndedWhileTheSocketWasLostIsSeenWhenItIsBack() async throws {
        var benchPlan = Self.slow
        benchPlan.speed = 20
        try await Bench.with(benchPlan) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed)) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                #expect(try await eventually(within: Bench.limit) { feed.openings == 1 })
                bench.simulator.restart(down: .milliseconds(50))
                try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                let next = try await bench.enqueue(.build, "slow-build")
                #expect(try await eventually(within: Bench.limit) { feed.openings >= 2 })
                try await bench.expect(next, endsAs: .success)
            }
        }
    }

    @Test
    func anIdleWorkerHoldsNoSocket() async throws {
        var benchPlan = Bench.Plan()
        benchPlan.timeScale = 0.1
        try await Bench.with(benchPlan) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed, pollScale: 0.02)) { worker in
                try await worker.passes(10)
                #expect(count(bench, "GET /ws/update") == 0)
                let job = try await bench.enqueue(.deploy, "web")
                #expect(try await eventually(within: Bench.limit) { feed.openings == 1 })
                try await bench.expect(job, endsAs: .success)
                #expect(try await eventually(within: Bench.limit) { !feed.isHeard })
                #expect(feed.losses == 0)
            }
        }
    }

    @Test
    func whatIsToldEndsNoJob() async throws {
        try await Bench.with(resources: [ResourceFault("web", .hangs)]) { bench in
            let feed = ScriptedFeed()
            try await bench.withWorker(plan(bench, feed, pollScale: 0.05)) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let running = try await bench.wait(for: job, in: .running(.inProgress))
                let id = try #require(running.remote?.updateID)
                #expect(try await eventually(within: Bench.limit) { feed.isHeard })
                let looks = count(bench, "ListUpdates")
                #expect(
                    try await eventually(within: Bench.limit) {
                        feed.tell(UpdateHint(id: id, status: .complete))
                        return count(bench, "ListUpdates") >= looks + 5
                    })
                #expect(try await bench.current(job).state == .running(.inProgress))
                // Its end was never read, for no poll showed it.
                #expect(count(bench, "GetUpdate") == 0)
            }
        }
    }

    @Test
    func aFloodAboutOthersCostsNoRequest() async throws {
        try await Bench.with(resources: [ResourceFault("web", .hangs)]) { bench in
            let feed = ScriptedFeed()
            try await bench.withWorker(plan(bench, feed, pollScale: 0.05)) { worker in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                #expect(try await eventually(within: Bench.limit) { feed.isHeard })
                try await worker.passes(2)
                let before = bench.simulator.ledger.requestCount
                let began = bench.clock.store.sinceBoot()
                for number in 0..<20_000 {
                    let digits = String(number, radix: 16)
                    let id = String(repeating: "a", count: 24 - digits.count) + digits
                    feed.tell(UpdateHint(id: id, status: .complete))
                }
                try await worker.passes(2)
                let polls = (bench.clock.store.sinceBoot() - began) / 1_500 + 1
                #expect(bench.simulator.ledger.requestCount - before <= Int(polls) + 1)
            }
        }
    }

    @Test
    func aLogThatSomebodyReadsGrowsWhilePollsAreRare() async throws {
        var benchPlan = Self.slow
        benchPlan.timeScale = 0.1
        try await Bench.with(benchPlan) { bench in
            let feed = try tapped(bench)
            try await bench.withWorker(plan(bench, feed)) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                #expect(try await eventually(within: Bench.limit) { feed.openings == 1 })
                let opened = count(bench, "ListUpdates")
                #expect(
                    try await eventually(within: Bench.limit) {
                        count(bench, "ListUpdates") > opened
                    })
                try await bench.store.watchLogs(
                    of: job.row, until: bench.clock.store.now() + .seconds(600))
                #expect(
                    try await eventually(within: Bench.limit) { count(bench, "GetUpdate") >= 4 })
                #expect(try await bench.current(job).state.status == .running)
            }
        }
    }
}
