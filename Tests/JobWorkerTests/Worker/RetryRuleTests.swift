import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Testing

/// What jobs show of the rules of trying again, through either interface.
@Suite(.timeLimit(.minutes(5)))
struct RetryRuleTests {
    private static let dialects = [KomodoDialect.core, .signed]

    private static func plan(_ dialect: KomodoDialect, retries: Int) -> Bench.Plan {
        var plan = Bench.Plan()
        plan.dialect = dialect
        plan.retries = retries
        return plan
    }

    @Test(arguments: dialects)
    func onlyTheStartWindowEndsAJobThatWaitsForKomodo(_ dialect: KomodoDialect) async throws {
        try await Bench.with(Self.plan(dialect, retries: 1)) { bench in
            let job = try await bench.enqueue(.deploy, "web") { $0.startWithin = .seconds(500) }
            bench.simulator.restart(down: .seconds(600))
            try await bench.withWorker { _ in
                let waiting = try await bench.wait(for: job) { job in
                    let tries = try await bench.history(job).filter { $0 == "undelivered" }
                    return tries.count > 3 && job.state == .pending(.backoff)
                }
                #expect(waiting.attempt == 0)
                #expect(waiting.error?.code == .networkError)
                bench.clock.advance(by: .seconds(500))
                let ended = try await bench.expect(job, endsAs: .failed(.expired))
                #expect(ended.error?.message.contains("Never sent") == true)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test(arguments: dialects, [0, 2])
    func theCountLimitsTheRepetitionsOfAFailure(
        _ dialect: KomodoDialect, _ count: Int
    ) async throws {
        try await Bench.with(Self.plan(dialect, retries: count)) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.triggerAction, "broken-action") {
                    $0.retriesFailure = true
                }
                let ended = try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(ended.attempt == count + 1)
                #expect(bench.submissions(job) == count + 1)
            }
        }
    }
}
