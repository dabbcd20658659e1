internal import GRDB

/// The place of a log among all logs as one number, in the order of jobs, attempts and positions.
struct LogNumber: Hashable, Comparable, Sendable {
    let value: Int64

    private static let jobUnit: Int64 = 8_388_608
    private static let attemptUnit: Int64 = 512
    private static let lastAttempt: Int64 = 16_383

    init(_ value: Int64) { self.value = value }

    /// Attempts and positions beyond what fits count as the last that do.
    init(job: Int64, attempt: Int64 = 0, position: Int64 = 0) {
        value =
            job * Self.jobUnit + min(attempt, Self.lastAttempt) * Self.attemptUnit
            + min(position, Self.attemptUnit - 1)
    }

    /// Behind every log.
    static let end = LogNumber(Int64.max)

    var job: Int64 { value / Self.jobUnit }
    /// The first job all of whose logs are at this place or behind it.
    var jobsEnd: Int64 { (value - 1) / Self.jobUnit + 1 }

    static func < (left: LogNumber, right: LogNumber) -> Bool { left.value < right.value }
}

extension LogNumber {
    init(_ row: Row) {
        self.init(job: row["job_id"], attempt: row["attempt"], position: row["position"])
    }
}
