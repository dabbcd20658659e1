/// The time as the protocol needs it; tests hand in their own.
package struct ProtocolClock: Sendable {
    /// The wall time.
    package var now: @Sendable () -> Timestamp
    /// A time that never jumps, counted from any beginning.
    package var uptime: @Sendable () -> Duration
    /// Waits; throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }
}
