import Synchronization

/// Counts how often a handler began and ended.
final class Tally: Sendable {
    private let counts = Mutex<(started: Int, ended: Int)>((0, 0))

    var startedCount: Int { counts.withLock { $0.started } }
    var endedCount: Int { counts.withLock { $0.ended } }

    func started() { counts.withLock { $0.started += 1 } }
    func ended() { counts.withLock { $0.ended += 1 } }
}

/// Collects values from several tasks.
final class Notes<Value: Sendable>: Sendable {
    private let list = Mutex<[Value]>([])

    var all: [Value] { list.withLock { $0 } }

    func append(_ value: Value) { list.withLock { $0.append(value) } }
}
