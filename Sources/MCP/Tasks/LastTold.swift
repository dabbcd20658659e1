private import Synchronization

/// The last thing that was told of a task.
final class LastTold<Value: Sendable & Equatable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    /// Notes `new`; whether it is another than before.
    func changes(to new: Value) -> Bool {
        value.withLock { value in
            defer { value = new }
            return value != new
        }
    }
}
