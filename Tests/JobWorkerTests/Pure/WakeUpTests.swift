import Synchronization
import TestSupport
import Testing

@testable import JobWorker

/// A sleep that others can end.
@Suite(.timeLimit(.minutes(1)))
struct WakeUpTests {
    private let wakeUp = WakeUp()
    private let sleepers = Sleepers()

    /// Sleeps that only cancellation ends.
    private final class Sleepers: Sendable {
        private let limits = Mutex<[Duration]>([])

        var count: Int { limits.withLock(\.count) }

        @Sendable func sleep(_ limit: Duration) async throws {
            limits.withLock { $0.append(limit) }
            for await _ in AsyncStream<Void>.makeStream().stream {}
            try Task.checkCancellation()
        }
    }

    @Test func aCallEndsTheSleep() async throws {
        async let sleep: Void = wakeUp.wait(atMost: .seconds(1), sleepers.sleep)
        #expect(try await eventually { sleepers.count == 1 })
        wakeUp.call()
        try await sleep
    }

    @Test func aCallEndsASleepWithoutLimit() async throws {
        async let sleep: Void = wakeUp.wait(atMost: nil, sleepers.sleep)
        wakeUp.call()
        try await sleep
        #expect(sleepers.count == 0)
    }

    @Test func aCallBetweenSleepsEndsTheNextOneOnly() async throws {
        wakeUp.call()
        wakeUp.call()
        try await wakeUp.wait(atMost: .seconds(1), sleepers.sleep)
        #expect(sleepers.count == 0)
        async let sleep: Void = wakeUp.wait(atMost: .seconds(1), sleepers.sleep)
        #expect(try await eventually { sleepers.count == 1 })
        wakeUp.call()
        try await sleep
    }

    @Test func theLimitEndsTheSleep() async throws {
        let limits = Mutex<[Duration]>([])
        try await wakeUp.wait(atMost: .seconds(7)) { limit in limits.withLock { $0.append(limit) } }
        #expect(limits.withLock(\.self) == [.seconds(7)])
    }

    @Test(arguments: [nil, .seconds(1)] as [Duration?])
    func cancellationEndsTheSleep(limit: Duration?) async throws {
        let task = Task { [wakeUp, sleepers] in
            try await wakeUp.wait(atMost: limit, sleepers.sleep)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
