internal import GRDB
internal import Jobs

/// The statements of the shared budget, inside somebody's transaction.
struct BudgetTable {
    let db: Database
    let clock: StoreClock

    func take(
        _ purpose: TokenBucket.Purpose, instance: String, limits: TokenBucket.Limits
    ) throws -> TokenBucket.Answer {
        var bucket = try bucket(of: instance, limits)
        let answer = bucket.take(purpose, at: clock.sinceBoot(), limits)
        try save(bucket, instance: instance, spent: answer == .granted ? purpose : nil)
        return answer
    }

    func noteSubmissionsWait(instance: String, limits: TokenBucket.Limits) throws {
        var bucket = try bucket(of: instance, limits)
        bucket.noteSubmissionsWait(at: clock.sinceBoot())
        try save(bucket, instance: instance, spent: nil)
    }

    func obey(
        remaining: Int?, wait: Duration?, instance: String, limits: TokenBucket.Limits
    ) throws {
        var bucket = try bucket(of: instance, limits)
        bucket.obey(remaining: remaining, wait: wait, at: clock.sinceBoot(), limits)
        try save(bucket, instance: instance, spent: nil)
    }

    /// The bucket of an instance; a full one when nobody has called it yet.
    func bucket(of instance: String, _ limits: TokenBucket.Limits) throws -> TokenBucket {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM budget WHERE instance = :instance")
        guard let row = try Row.fetchOne(statement, arguments: ["instance": instance]) else {
            return .full(limits, at: clock.sinceBoot())
        }
        return TokenBucket(row, clock: clock)
    }

    private func save(
        _ bucket: TokenBucket, instance: String, spent: TokenBucket.Purpose?
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO budget (instance, boot_id, shared, polls, reads, counted_at,
                    blocked_until, submission_waited_at, spent_submissions, spent_polls,
                    spent_reads)
                VALUES (:instance, :boot, :shared, :polls, :reads, :countedAt, :blockedUntil,
                    :waitedAt, :submissions, :pollCount, :readCount)
                ON CONFLICT (instance) DO UPDATE SET
                    boot_id = excluded.boot_id, shared = excluded.shared,
                    polls = excluded.polls, reads = excluded.reads,
                    counted_at = excluded.counted_at, blocked_until = excluded.blocked_until,
                    submission_waited_at = excluded.submission_waited_at,
                    spent_submissions = spent_submissions + excluded.spent_submissions,
                    spent_polls = spent_polls + excluded.spent_polls,
                    spent_reads = spent_reads + excluded.spent_reads
                """)
        try statement.execute(arguments: [
            "instance": instance, "boot": clock.bootID, "shared": bucket.shared,
            "polls": bucket.polls, "reads": bucket.reads, "countedAt": bucket.countedAt,
            "blockedUntil": bucket.blockedUntil, "waitedAt": bucket.submissionWaitedAt,
            "submissions": spent == .submission ? 1 : 0, "pollCount": spent == .poll ? 1 : 0,
            "readCount": spent == .read ? 1 : 0,
        ])
    }
}

extension TokenBucket {
    /// The stored bucket; an empty one after a reboot, when nobody knows what was spent before.
    init(_ row: Row, clock: StoreClock) {
        guard row["boot_id"] == clock.bootID else {
            self = .empty(at: clock.sinceBoot())
            return
        }
        self.init(
            shared: row["shared"], polls: row["polls"], reads: row["reads"],
            countedAt: row["counted_at"], blockedUntil: row["blocked_until"],
            submissionWaitedAt: row["submission_waited_at"])
    }
}
