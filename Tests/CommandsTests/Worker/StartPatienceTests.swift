internal import JobStore
internal import JobWorker
internal import Logging
internal import Synchronization
internal import Testing

@testable internal import Commands

/// What a worker waits for before it starts.
@Suite(.timeLimit(.minutes(1))) struct StartPatienceTests {
    private static func patience(
        _ pauses: Pauses, _ waiting: @escaping @Sendable (String) -> Void = { _ in }
    ) -> StartPatience {
        StartPatience(
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, waiting: waiting,
            sleep: { pauses.add($0) })
    }

    private final class Pauses: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock(\.self) }
        func add(_ pause: Duration) { list.withLock { $0.append(pause) } }
    }

    @Test(arguments: [StoreError.Code.full, .readOnly, .busy, .machineFailed])
    func whatMayPassIsWaitedForWithGrowingPauses(code: StoreError.Code) async throws {
        let pauses = Pauses()
        let tries = Mutex(0)
        let reasons = Mutex<Set<String>>([])
        let value = try await Self.patience(pauses) { reason in
            reasons.withLock { _ = $0.insert(reason) }
        }.wait {
            let number = tries.withLock { tries in
                tries += 1
                return tries
            }
            guard number > 8 else { throw StoreError(code, "Not now.") }
            return number
        }
        #expect(value == 9)
        #expect(pauses.all.first == .milliseconds(200))
        #expect(pauses.all.last == WorkerPolicy.storeWaitMax)
        #expect(pauses.all == pauses.all.sorted() && pauses.all.count == 8)
        #expect(reasons.withLock(\.self) == ["Not now."])
    }

    @Test(arguments: [
        StoreError.Code.notPermitted, .corrupt, .newer, .missing, .displaced, .failed,
    ])
    func whatStaysEndsTheStart(code: StoreError.Code) async throws {
        let pauses = Pauses()
        let error = await #expect(throws: StoreError.self) {
            try await Self.patience(pauses).wait { throw StoreError(code, "Never.") }
        }
        #expect(error?.code == code && pauses.all.isEmpty)
    }

    @Test func whoHasWaitedLongEnoughEnds() async throws {
        let pauses = Pauses()
        var patience = Self.patience(pauses)
        patience.end = .now
        let error = await #expect(throws: StoreError.self) {
            try await patience.wait { throw StoreError(.full, "Not now.") }
        }
        #expect(error?.code == .full && pauses.all.isEmpty)
    }
}
