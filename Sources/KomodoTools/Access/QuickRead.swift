internal import KomodoClient

/// Reads of Komodo on the way to something else, which nobody waits long for.
enum QuickRead {
    /// How long a call waits.
    static let timeMax: Duration = .seconds(3)

    /// What `read` gives; nil when Komodo cannot be read, or not in time.
    static func value<Value: Sendable>(
        in context: ToolContext, atMost limit: Duration = timeMax,
        _ read: @escaping @Sendable (any KomodoReads) async throws -> Value
    ) async -> Value? {
        guard let komodo = context.komodo as? any KomodoReads else { return nil }
        return await withTaskGroup(of: Value?.self) { group in
            // Whoever asks goes on without the answer, whatever the reason.
            group.addTask { try? await read(komodo) }
            group.addTask {
                // Cancellation means that the answer is in.
                try? await ContinuousClock().sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
