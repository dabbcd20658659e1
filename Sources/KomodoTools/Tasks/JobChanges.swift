internal import JobStore
internal import Jobs
private import Synchronization

/// Streams that tell when something in the database has changed.
enum JobChanges {
    /// Yields whenever `look` gives another value than `known`, or than it was last told of.
    ///
    /// - Parameters:
    ///   - known: the value from which changes count; nil yields for the first value too.
    ///   - look: answers nil when the stream is over; it gets the value that was last told of.
    static func stream<Value: Sendable & Equatable>(
        in context: ToolContext, since known: Value? = nil,
        _ look: @escaping @Sendable (_ last: Value?) async throws -> Value?
    ) -> AsyncStream<Void> {
        let last = Box<Value>(known)
        return AsyncStream {
            do {
                let next = try await context.changes.wait(atMost: nil) {
                    () async throws -> Value?? in
                    let known = last.value.withLock { $0 }
                    guard let current = try await look(known) else { return .some(nil) }
                    return current == known ? nil : .some(current)
                }
                guard case .some(.some(let value)) = next else { return nil }
                last.value.withLock { $0 = value }
                return ()
            } catch {
                // The listener has gone, or the database has; either way there is nothing to tell.
                return nil
            }
        }
    }

    /// What was last told of.
    private final class Box<Value: Sendable>: Sendable {
        let value: Mutex<Value?>

        init(_ value: Value?) { self.value = Mutex(value) }
    }
}
