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
        var statement = try PositionalStatement(
            db,
            """
            SELECT boot_id, shared, polls, reads, counted_at, blocked_until, submission_waited_at
            FROM budget WHERE instance = ?
            """)
        statement.bind(instance)
        guard try statement.step() else { return .full(limits, at: clock.sinceBoot()) }
        return TokenBucket(statement.row, clock: clock)
    }

    private func save(
        _ bucket: TokenBucket, instance: String, spent: TokenBucket.Purpose?
    ) throws {
        var statement = try PositionalStatement(
            db,
            """
            INSERT INTO budget (instance, boot_id, shared, polls, reads, counted_at,
                blocked_until, submission_waited_at, spent_submissions, spent_polls,
                spent_reads)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (instance) DO UPDATE SET
                boot_id = excluded.boot_id, shared = excluded.shared,
                polls = excluded.polls, reads = excluded.reads,
                counted_at = excluded.counted_at, blocked_until = excluded.blocked_until,
                submission_waited_at = excluded.submission_waited_at,
                spent_submissions = spent_submissions + excluded.spent_submissions,
                spent_polls = spent_polls + excluded.spent_polls,
                spent_reads = spent_reads + excluded.spent_reads
            """)
        statement.bind(instance)
        statement.bind(clock.bootID)
        statement.bind(bucket.shared)
        statement.bind(bucket.polls)
        statement.bind(bucket.reads)
        statement.bind(bucket.countedAt)
        statement.bind(bucket.blockedUntil)
        statement.bind(bucket.submissionWaitedAt)
        statement.bind(spent == .submission)
        statement.bind(spent == .poll)
        statement.bind(spent == .read)
        try statement.run()
    }
}

extension TokenBucket {
    /// The stored bucket; an empty one after a reboot, when nobody knows what was spent before.
    fileprivate init(_ row: consuming PositionalRow, clock: StoreClock) {
        guard row.next() == clock.bootID else {
            self = .empty(at: clock.sinceBoot())
            return
        }
        self.init(
            shared: row.next(), polls: row.next(), reads: row.next(), countedAt: row.next(),
            blockedUntil: row.next(), submissionWaitedAt: row.next())
    }
}
