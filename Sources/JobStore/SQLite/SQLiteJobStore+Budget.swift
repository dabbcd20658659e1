internal import GRDB
package import Jobs

extension SQLiteJobStore {
    package func take(
        _ purpose: TokenBucket.Purpose, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) -> TokenBucket.Answer {
        let clock = clock
        return try await write(rings: false) { db in
            try BudgetTable(db: db, clock: clock).take(
                purpose, instance: instance, limits: limits)
        }
    }

    package func noteSubmissionsWait(
        instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) {
        let clock = clock
        try await write(rings: false) { db in
            try BudgetTable(db: db, clock: clock).noteSubmissionsWait(
                instance: instance, limits: limits)
        }
    }

    package func obey(
        remaining: Int?, wait: Duration?, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) {
        let clock = clock
        try await write(rings: false) { db in
            try BudgetTable(db: db, clock: clock).obey(
                remaining: remaining, wait: wait, instance: instance, limits: limits)
        }
    }

    package func budgets(
        _ limits: TokenBucket.Limits
    ) async throws(StoreError) -> [BudgetReport] {
        let clock = clock
        return try await read { db in
            let table = BudgetTable(db: db, clock: clock)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT instance, spent_submissions, spent_polls, spent_reads FROM budget
                    ORDER BY instance
                    """)
            return try rows.map { row in
                let now = clock.sinceBoot()
                var bucket = try table.bucket(of: row["instance"], limits)
                bucket.obey(at: now, limits)
                let blocked = bucket.blockedUntil - now
                return BudgetReport(
                    instance: row["instance"], bucket: bucket,
                    blockedFor: blocked > 0 ? .milliseconds(blocked) : nil,
                    spent: [
                        .submission: row["spent_submissions"], .poll: row["spent_polls"],
                        .read: row["spent_reads"],
                    ])
            }
        }
    }

    package func credential(
        instance: String, keyFingerprint: String
    ) async throws(StoreError) -> Credential? {
        try await read { db in try Credential(db, instance, keyFingerprint) }
    }

    package func saveIdentity(_ credential: Credential) async throws(StoreError) {
        let now = clock.now()
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO credential (instance, key_fingerprint, operator_id, username,
                        version, clock_offset, seen_at)
                    VALUES (:instance, :key, :operator, :username, :version, :offset, :now)
                    ON CONFLICT (instance, key_fingerprint) DO UPDATE SET \(Self.identityUpdate)
                    """, arguments: Self.identity(credential, now))
        }
    }

    private static let identityUpdate = """
        operator_id = coalesce(excluded.operator_id, operator_id),
        username = coalesce(excluded.username, username),
        version = coalesce(excluded.version, version),
        clock_offset = coalesce(excluded.clock_offset, clock_offset),
        seen_at = excluded.seen_at
        """

    private static func identity(
        _ credential: Credential, _ now: Timestamp
    ) -> StatementArguments {
        [
            "instance": credential.instance, "key": credential.keyFingerprint,
            "operator": credential.operatorID, "username": credential.username,
            "version": credential.version,
            "offset": credential.clockOffset?.inMilliseconds, "now": now.milliseconds,
        ]
    }

    package func save(_ credential: Credential) async throws(StoreError) {
        var arguments = Self.identity(credential, clock.now())
        arguments += [
            "until": credential.refusedUntil?.milliseconds, "message": credential.refusedMessage,
        ]
        let values = arguments
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO credential (instance, key_fingerprint, operator_id, username,
                        version, clock_offset, seen_at, refused_until, refused_message)
                    VALUES (:instance, :key, :operator, :username, :version, :offset, :now,
                        :until, :message)
                    ON CONFLICT (instance, key_fingerprint) DO UPDATE SET \(Self.identityUpdate),
                        refused_until = excluded.refused_until,
                        refused_message = excluded.refused_message
                    """, arguments: values)
        }
    }
}

extension Credential {
    /// What is known about a key; nil when nothing is.
    init?(_ db: Database, _ instance: String, _ keyFingerprint: String) throws {
        var statement = try PositionalStatement(
            db,
            """
            SELECT operator_id, username, version, clock_offset, refused_until, refused_message
            FROM credential WHERE instance = ? AND key_fingerprint = ?
            """)
        statement.bind(instance)
        statement.bind(keyFingerprint)
        guard try statement.step() else { return nil }
        var row = statement.row
        self.init(
            instance: instance, keyFingerprint: keyFingerprint, operatorID: row.next(),
            username: row.next(), version: row.next(), clockOffset: row.next(),
            refusedUntil: row.next(), refusedMessage: row.next())
    }
}
