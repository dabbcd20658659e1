internal import GRDB
internal import Jobs

/// What was written before the wall clock was set back.
extension JobTable {
    /// Whether anything waits that began in what is now the future.
    static func hasWaitsFromTheFuture(_ db: Database, at now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM job WHERE \(waitsTooLong))
                    OR EXISTS (SELECT 1 FROM job WHERE \(pausedInTheFuture))
                    OR EXISTS (SELECT 1 FROM job WHERE \(expiresTooLate))
                """, arguments: ["now": now.milliseconds]) ?? false
    }

    /// Bounds every wait by its length: a pause before another try is over, for nobody knows what is
    /// left of it, and a start window lasts at most as long as it does from now.
    ///
    /// What is scheduled was asked for by the wall clock, and keeps its moment.
    func endWaitsFromTheFuture() throws {
        try db.execute(
            sql: """
                UPDATE job SET wake_at = :now WHERE \(Self.waitsTooLong)
                """, arguments: ["now": now.milliseconds])
        // What is left of the window stays as it was when it stood still.
        try db.execute(
            sql: """
                UPDATE job SET expires_at = expires_at - (paused_at - :now), paused_at = :now
                WHERE \(Self.pausedInTheFuture)
                """, arguments: ["now": now.milliseconds])
        try db.execute(
            sql: """
                UPDATE job SET expires_at = :now + start_within WHERE \(Self.expiresTooLate)
                """, arguments: ["now": now.milliseconds])
    }

    /// The last event of a job that waits is the one that made it wait.
    private static let waitsTooLong = """
        wake_at > :now AND phase IN ('throttled', 'held', 'backoff')
            AND :now < (SELECT at FROM event WHERE job_id = job.id ORDER BY id DESC LIMIT 1)
        """

    private static let pausedInTheFuture = "status = 'pending' AND paused_at > :now"

    private static let expiresTooLate = """
        status = 'pending' AND phase <> 'scheduled' AND paused_at IS NULL
            AND expires_at > :now + start_within
        """
}
