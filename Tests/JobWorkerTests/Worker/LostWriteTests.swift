import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import Testing

/// Changes that were written though the database reported an error.
@Suite(.timeLimit(.minutes(5)))
struct LostWriteTests {
    /// A change of a job, and how it fails.
    struct Case: Sendable {
        let name: String
        let code: StoreError.Code
        var fault: FaultAction.Kind?
        /// The deployment; a slow one where it matters that polls see it run.
        var target = "web"
        let matches: @Sendable (FaultyStore.Call) -> Bool
    }

    static let cases: [Case] = [StoreError.Code.failed, .notPermitted].flatMap { code in
        [
            Case(name: "intent \(code)", code: code) { $0 == .recordIntent },
            Case(name: "answer \(code)", code: code) { call in
                if case .advance(.submitted(.accepted)) = call { return true }
                return false
            },
            Case(name: "lost answer \(code)", code: code, fault: .dropAfter) { call in
                if case .advance(.submitted(.ambiguous)) = call { return true }
                return false
            },
            Case(name: "evidence \(code)", code: code, fault: .dropAfter) { call in
                if case .advance(.evidenceFound) = call { return true }
                return false
            },
            Case(name: "absence \(code)", code: code, fault: .dropBefore) { call in
                call == .advance(.evidenceAbsent)
            },
            Case(name: "progress \(code)", code: code, target: "slow") {
                $0 == .advance(.progressed)
            },
            Case(name: "conclusion \(code)", code: code) { call in
                if case .advance(.concluded) = call { return true }
                return false
            },
            Case(name: "health \(code)", code: code) { $0 == .advance(.becameHealthy) },
        ]
    }

    @Test(arguments: cases.indices)
    func theJobIsLookedAfterAllTheSame(_ number: Int) async throws {
        let one = Self.cases[number]
        let rules = one.fault.map { [FaultRule(type: "Deploy", times: 1, action: FaultAction($0))] }
        try await Bench.with(rules: rules ?? []) { bench in
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.store = FaultyStore(
                store: bench.store,
                after: { call, _ throws(StoreError) in
                    guard one.matches(call), once.isFirst() else { return }
                    throw StoreError(one.code, "Nobody knows whether it was written.")
                })
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, one.target) { $0.waitsForHealth = true }
                try await bench.expect(job, endsAs: .success, one.name)
                #expect(once.hasHappened, "\(one.name)")
                #expect(bench.submissions(job) == 1, "\(one.name)")
            }
        }
    }

    @Test
    func anUpdateThatWasFoundIsFollowedAllTheSame() async throws {
        try await Bench.with { bench in
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.store = FaultyStore(
                store: bench.store,
                after: { call, _ throws(StoreError) in
                    guard call == .follow, once.isFirst() else { return }
                    throw StoreError(.failed, "Nobody knows whether it was written.")
                })
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deployStackIfChanged, "broken-stack")
                try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(once.hasHappened)
            }
        }
    }
}
