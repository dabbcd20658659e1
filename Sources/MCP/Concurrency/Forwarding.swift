extension ProtocolClock {
    /// Calls `send` after every change, at most once per `interval`, merging what comes between.
    ///
    /// Returns when `changes` or `end` ends, or the surrounding task is cancelled.
    ///
    /// - Parameter atOnce: whether it begins with a call, before any change.
    func forward(
        _ changes: AsyncStream<Void>, every interval: Duration, until end: Signal,
        atOnce: Bool = false, _ send: @escaping @Sendable () async -> Void
    ) async {
        let bell = Signal()
        if atOnce { bell.ring() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes { bell.ring() }
                bell.end()
            }
            group.addTask {
                await end.waitForEnd()
                bell.end()
            }
            for await _ in bell.rings {
                await send()
                guard await pause(interval) else { break }
            }
            group.cancelAll()
        }
    }

    /// Waits; false when the surrounding task was cancelled meanwhile.
    func pause(_ duration: Duration) async -> Bool {
        guard duration > .zero else { return !Task.isCancelled }
        do {
            try await sleep(duration)
            return true
        } catch {
            return false
        }
    }
}
