import Jobs
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct RetryPolicyTests {
    @Test func waitsDoubleUpToTheirLimit() {
        let policy = RetryPolicy(delay: .seconds(1), delayMax: .seconds(60))
        let shortest = (1...9).map { policy.wait(failures: $0, random: 0).inMilliseconds }
        #expect(shortest == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    }

    @Test(arguments: 0..<4)
    func everyWaitLiesBetweenHalfAndTheWhole(seed: Int) {
        var random = SeededRandom(seed)
        for _ in 0..<5_000 {
            let delay = 1 + random.below(10_000)
            let max = 1 + random.below(100_000)
            let policy = RetryPolicy(delay: .milliseconds(delay), delayMax: .milliseconds(max))
            let failures = random.below(40)
            let whole = min(delay << min(Swift.max(failures - 1, 0), 20), max)
            let wait = policy.wait(failures: failures, random: random.next()).inMilliseconds
            #expect((Int64(whole / 2)...Int64(whole)).contains(wait))
        }
    }

    @Test func jitterUsesItsWholeRangeAndOnlyItsOwnBits() {
        let policy = RetryPolicy(delay: .milliseconds(10), delayMax: .seconds(1))
        let waits = (0..<6).map { policy.wait(failures: 1, random: $0).inMilliseconds }
        #expect(waits == [5, 6, 7, 8, 9, 10])
        #expect(
            policy.wait(failures: 5, random: 0xDEAD_BEEF)
                == policy.wait(failures: 5, random: 0xDEAD_BEEF))
    }

    @Test func extremesDoNotOverflow() {
        let policy = RetryPolicy(delay: .seconds(3600), delayMax: .seconds(86_400))
        #expect(policy.wait(failures: .max, random: .max) <= .seconds(86_400))
        #expect(policy.wait(failures: 0, random: 0) == .seconds(1800))
        let none = RetryPolicy(delay: .zero, delayMax: .zero)
        #expect(none.wait(failures: 3, random: .max) == .zero)
    }
}
