package import Jobs

/// The store's clocks and its source of chance, so that tests control both.
package struct StoreClock: Sendable {
    /// Wall time, for what people see and for schedules.
    package var now: @Sendable () -> Timestamp
    /// Milliseconds since boot, also counted during sleep, which nobody sets; for budgets, leases and
    /// deadlines.
    package var sinceBoot: @Sendable () -> Int64
    /// Changes with every boot.
    package var bootID: String
    package var random: @Sendable () -> UInt64

    package init(
        now: @escaping @Sendable () -> Timestamp, sinceBoot: @escaping @Sendable () -> Int64,
        bootID: String, random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.sinceBoot = sinceBoot
        self.bootID = bootID
        self.random = random
    }
}
