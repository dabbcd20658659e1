private import Foundation
internal import GRDB
private import JSON
package import Jobs

extension SQLiteJobStore {
    private static let sealKeyLength = 32

    package func sealKey() async throws(StoreError) -> [UInt8] {
        if let key = try await read({ db in try ClientTable.sealKey(db) }) { return key }
        let now = clock.now()
        var generator = SystemRandomNumberGenerator()
        let fresh = (0..<Self.sealKeyLength).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        return try await write(rings: false) { db in
            try ClientTable.storeSealKey(fresh, now, db)
            // Another process may have been first.
            return try ClientTable.sealKey(db) ?? fresh
        }
    }

    package func spend(_ nonce: String, until expiry: Timestamp) async throws(StoreError) -> Bool {
        let now = clock.now()
        return try await write(rings: false) { db in
            try ClientTable.forgetNonces(before: now, db)
            return try ClientTable.spend(nonce, until: expiry, db)
        }
    }

    package func hideOutcome(of job: Int64) async throws(StoreError) {
        let now = clock.now()
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE job SET outcome_hidden_at = :now
                    WHERE id = :job AND outcome_hidden_at IS NULL AND finished_at IS NULL
                    """,
                arguments: ["now": now.milliseconds, "job": job])
        }
    }

    package func page(
        _ query: JobQuery, offset: Int
    ) async throws(StoreError) -> (jobs: [JobRecord], total: Int) {
        try await read { db in
            let (sql, arguments) = JobTable.listSQL(query, offset: offset)
            let jobs = try JobRecord.fetchAll(db, sql: sql, arguments: arguments)
                .prefix(query.limit)
            let (count, countArguments) = JobTable.countSQL(query)
            return (Array(jobs), try Int.fetchOne(db, sql: count, arguments: countArguments) ?? 0)
        }
    }

    package func stages(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> [String] {
        try await read { db in
            guard
                let job = try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT id FROM job
                        WHERE target_name = :name AND operation = :operation
                            AND target_type = :type AND instance = :instance
                            AND status = 'success'
                        ORDER BY id DESC LIMIT 1
                        """,
                    arguments: [
                        "name": target.name, "operation": operation.rawValue,
                        "type": target.type.rawValue, "instance": instance,
                    ])
            else { return [] }
            return try String.fetchAll(
                db,
                sql: """
                    SELECT stage FROM log
                    WHERE job_id = :job AND attempt = (SELECT attempt FROM job WHERE id = :job)
                    ORDER BY position LIMIT :limit
                    """,
                arguments: ["job": job, "limit": LogEntry.stagesMax])
        }
    }
}

extension SQLiteJobStore {
    package func accessTokens() async throws(StoreError) -> [AccessToken] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM access_token ORDER BY name").map { row in
                let scopes = try JSONValue(parsing: row["scopes"] as String).array ?? []
                return AccessToken(
                    name: row["name"], hash: row["hash"], scopes: scopes.compactMap(\.string),
                    createdAt: Timestamp(milliseconds: row["created_at"]))
            }
        }
    }

    package func add(_ token: AccessToken) async throws(StoreError) {
        let scopes = JSONValue.array(token.scopes.map { .string($0) }).serialized()
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO access_token (name, hash, scopes, created_at)
                    VALUES (:name, :hash, :scopes, :now)
                    ON CONFLICT (name) DO NOTHING
                    """,
                arguments: [
                    "name": token.name, "hash": token.hash, "scopes": scopes,
                    "now": token.createdAt.milliseconds,
                ])
            guard db.changesCount == 1 else {
                throw StoreError(
                    .conflict,
                    "There is a token named '\(token.name)' already; remove it or choose another "
                        + "name.")
            }
        }
    }

    package func removeAccessToken(_ name: String) async throws(StoreError) -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM access_token WHERE name = ?", arguments: [name])
            return db.changesCount > 0
        }
    }
}

/// The statements about what the servers of one database share.
private enum ClientTable {
    static func sealKey(_ db: Database) throws -> [UInt8]? {
        try Data.fetchOne(db, sql: "SELECT key FROM seal_key WHERE id = 1").map { Array($0) }
    }

    static func storeSealKey(_ key: [UInt8], _ now: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO seal_key (id, key, created_at) VALUES (1, :key, :now)
                ON CONFLICT (id) DO NOTHING
                """, arguments: ["key": Data(key), "now": now.milliseconds])
    }

    /// The most expired nonces that one call removes.
    private static let forgetMax = 100

    static func forgetNonces(before now: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM spent_nonce WHERE nonce IN (
                    SELECT nonce FROM spent_nonce WHERE expires_at < :now LIMIT \(forgetMax))
                """, arguments: ["now": now.milliseconds])
    }

    /// Whether the nonce was unused.
    static func spend(_ nonce: String, until expiry: Timestamp, _ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO spent_nonce (nonce, expires_at) VALUES (:nonce, :expiry)
                ON CONFLICT (nonce) DO NOTHING
                """, arguments: ["nonce": nonce, "expiry": expiry.milliseconds])
        return db.changesCount == 1
    }
}
