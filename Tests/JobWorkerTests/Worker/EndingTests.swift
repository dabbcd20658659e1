import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Synchronization
import TestSupport
import Testing

/// How a worker ends, by itself or because it is told to.
@Suite(.timeLimit(.minutes(5)))
struct EndingTests {
    /// Where the database is found to be of no use any more.
    enum Place: CaseIterable, Sendable {
        case scheduling, following, concluding, attending, beating

        func matches(_ call: FaultyStore.Call) -> Bool {
            switch (self, call) {
            case (.scheduling, .agenda): true
            case (.following, .advance(.progressed)): true
            case (.concluding, .advance(.concluded)): true
            case (.attending, .advance(.evidenceFound)): true
            case (.beating, .heartbeat): true
            default: false
            }
        }
    }

    /// An answer to the deploy of `web` that takes its time.
    private static func slowAnswer() -> FaultRule {
        var slow = FaultAction(.delay)
        slow.delayAfter = .milliseconds(900)
        return FaultRule(type: "Deploy", target: "web", times: 1, action: slow)
    }

    @Test(arguments: Place.allCases)
    func anUnusableDatabaseEndsTheWorkerAfterItsSubmissions(_ place: Place) async throws {
        let lost = FaultRule(
            type: "Deploy", target: "api", times: 1, action: FaultAction(.dropAfter))
        let rules = [Self.slowAnswer()] + (place == .attending ? [lost] : [])
        // Whose progress is to be noted must still be running when it is polled.
        let hang = ResourceFault("api", .hangs)
        let resources = place == .following ? [hang] : []
        try await Bench.with(rules: rules, resources: resources) { bench in
            let isBroken = Once()
            let failures = Mutex(0)
            var plan = WorkerUnderTest.Plan()
            plan.mayFail = true
            plan.policy.heartbeatInterval = .milliseconds(40)
            plan.store = FaultyStore(
                store: bench.store,
                before: { call, _ throws(StoreError) in
                    guard isBroken.hasHappened, place.matches(call) else { return }
                    failures.withLock { $0 += 1 }
                    throw StoreError(.corrupt, "The database is torn.")
                })
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .starting(.sending))
                _ = isBroken.isFirst()
                _ = try await bench.enqueue(.deploy, "api")
                try await worker.end()
                #expect((worker.failure as? StoreError)?.code == .corrupt)
                #expect(failures.withLock { $0 } == 1)
                // Its answer was waited for and written down.
                let left = try await bench.current(job)
                #expect(left.remote != nil, "\(left.state)")
            }
        }
    }

    @Test
    func aWorkerThatIsToldToEndSaysSoWhileItStillSends() async throws {
        try await Bench.with(rules: [Self.slowAnswer()]) { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .starting(.sending))
                #expect(try await !bench.store.workers().contains(where: \.worker.isDraining))
                worker.stop()
                let isKnown = try await eventually(within: Bench.limit) {
                    try await bench.store.workers().contains(where: \.worker.isDraining)
                }
                #expect(isKnown)
                try await worker.end()
                #expect(try await bench.current(job).remote != nil)
            }
            #expect(try await bench.store.workers().isEmpty)
        }
    }
}
