import Jobs
import Testing

@testable import Bench

/// What requests at some moments made of a budget.
struct BudgetUseTests {
    /// The bucket holds 576 at most.
    private static let limits = TokenBucket.Limits(perMinute: 600, burst: 1_200)

    @Test func aMinuteSlidesAndItsEndCounts() {
        let limits = TokenBucket.Limits(perMinute: 2, burst: 4)
        #expect(BudgetUse([120_000, 0, 60_000, 60_001], limits).mostInAMinute == 3)
        #expect(BudgetUse([0, 60_000], limits).mostInAMinute == 2)
        #expect(BudgetUse([], limits).mostInAMinute == 0)
    }

    @Test func aRateAtTheLimitUsesAllOfIt() {
        let burst = [Int64](repeating: 0, count: 576)
        let steady = (1...1_200).map { Int64($0) * 100 }
        let share = BudgetUse(burst + steady, Self.limits).leastShare
        #expect(share > 0.99 && share < 1.01)
    }

    @Test func theWorstMinuteCounts() {
        let burst = [Int64](repeating: 0, count: 576)
        let first = (1...600).map { Int64($0) * 100 }
        let second = (1...300).map { 60_000 + Int64($0) * 200 }
        let share = BudgetUse(burst + first + second, Self.limits).leastShare
        #expect(share > 0.49 && share < 0.52)
    }

    @Test func whatThereIsOfTheOnlyMinuteCounts() {
        let burst = [Int64](repeating: 0, count: 576)
        let steady = (1...50).map { Int64($0) * 100 }
        let share = BudgetUse(burst + steady, Self.limits).leastShare
        #expect(share > 0.95 && share < 1.05)
    }

    @Test func aBurstThatIsNotSpentProvesNothing() {
        #expect(BudgetUse((0..<100).map { Int64($0) }, Self.limits).leastShare == 0)
    }
}
