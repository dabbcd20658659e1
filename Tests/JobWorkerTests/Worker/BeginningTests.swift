import JobStore
import JobWorker
import Jobs
import Synchronization
import TestSupport
import Testing

/// How a worker begins while the database refuses to work.
@Suite(.timeLimit(.minutes(5)))
struct BeginningTests {
    @Test(arguments: [FaultyStore.Call.register, .takeOver], [StoreError.Code.full, .busy])
    func aWorkerWaitsUntilItCanBegin(
        _ call: FaultyStore.Call, _ code: StoreError.Code
    ) async throws {
        try await Bench.with { bench in
            let isFree = Once()
            let tries = Mutex(0)
            let reasons = Mutex<Set<String>>([])
            var plan = WorkerUnderTest.Plan()
            plan.hooks.waiting = { reason in reasons.withLock { _ = $0.insert(reason) } }
            plan.store = FaultyStore(
                store: bench.store,
                before: { made, _ throws(StoreError) in
                    guard made == call, !isFree.hasHappened else { return }
                    tries.withLock { $0 += 1 }
                    throw StoreError(code, "There is no room.")
                })
            let job = try await bench.enqueue(.deploy, "web")
            try await bench.withWorker(plan) { worker in
                #expect(try await eventually(within: Bench.limit) { tries.withLock { $0 > 2 } })
                #expect(!worker.hasEnded && worker.passCount == 0)
                #expect(reasons.withLock(\.self) == ["There is no room."])
                _ = isFree.isFirst()
                try await bench.expect(job, endsAs: .success)
            }
        }
    }

    @Test
    func aDatabaseThatIsOfNoUseEndsTheWorkerAtOnce() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            plan.mayFail = true
            plan.store = FaultyStore(
                store: bench.store,
                before: { call, _ throws(StoreError) in
                    guard call == .register else { return }
                    throw StoreError(.corrupt, "The database is torn.")
                })
            try await bench.withWorker(plan) { worker in
                try await worker.end()
                #expect((worker.failure as? StoreError)?.code == .corrupt)
            }
        }
    }

    @Test
    func aWorkerThatCannotWriteItsEndDownEndsWellAllTheSame() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            plan.store = FaultyStore(
                store: bench.store,
                before: { call, _ throws(StoreError) in
                    guard call == .retire else { return }
                    throw StoreError(.full, "There is no room.")
                })
            try await bench.withWorker(plan) { worker in
                try await worker.passes(2)
                worker.stop()
                try await worker.end()
                #expect(worker.failure == nil)
            }
            let left = try await bench.store.workers()
            #expect(left.map(\.liveness.isAlive) == [false])
        }
    }
}
