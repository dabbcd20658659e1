internal import Jobs

/// Notices that the wall clock was set back, by comparing it with the clock since boot.
///
/// What was written before then may lie further ahead than anybody meant to wait.
struct ClockWatch: Sendable {
    /// Wall time at boot, as of the last look.
    private var bootedAt: Timestamp?

    /// Corrections below this are no matter; nor is the time between reading two clocks.
    static let correctionMax: Duration = .seconds(2)

    /// Whether the clock was set back since what was last noted; so it may have been before the
    /// first look.
    func isSetBack(_ now: Timestamp, sinceBoot: Int64) -> Bool {
        guard let bootedAt else { return true }
        return bootedAt - Self.bootedAt(now, sinceBoot) > Self.correctionMax
    }

    /// Takes the clock as it is, once what hung on it is dealt with.
    mutating func note(_ now: Timestamp, sinceBoot: Int64) {
        bootedAt = Self.bootedAt(now, sinceBoot)
    }

    private static func bootedAt(_ now: Timestamp, _ sinceBoot: Int64) -> Timestamp {
        now - .milliseconds(sinceBoot)
    }
}
