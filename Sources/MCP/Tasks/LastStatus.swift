private import Synchronization

/// The last thing that was told of a task.
final class LastStatus: Sendable {
    private let status: Mutex<String>

    init(_ status: String) { self.status = Mutex(status) }

    /// Notes `new`; whether it is another than before.
    func changes(to new: String) -> Bool {
        status.withLock { status in
            defer { status = new }
            return status != new
        }
    }
}
