import JobStore
import Jobs
import KomodoClient
import Synchronization
import Testing

@testable import JobWorker

/// Waiting for tokens.
@Suite(.timeLimit(.minutes(2)))
struct BudgetPermitTests {
    @Test
    func waitingEndsWhenNoTokenCanComeInTime() async throws {
        try await Bench.with { bench in
            let limits = TokenBucket.Limits(perMinute: 2, burst: 9)
            let slept = Mutex(Duration.zero)
            let permit = BudgetPermit.waiting(store: bench.store, instance: "slow", limits: limits)
            {
                duration in
                slept.withLock { $0 += duration }
                bench.clock.advance(by: duration)
            }
            var granted = 0
            var failure: KomodoError?
            while failure == nil, granted < 50 {
                do throws(KomodoError) {
                    try await permit(.submission)
                    granted += 1
                } catch {
                    failure = error
                }
            }
            guard case .budgetExhausted(let wait) = failure?.code else {
                Issue.record("\(granted) granted, then \(String(describing: failure))")
                return
            }
            #expect(granted >= 3 && wait > .zero)
            #expect(slept.withLock { $0 } <= BudgetPermit.waitMax * granted)
        }
    }
}
