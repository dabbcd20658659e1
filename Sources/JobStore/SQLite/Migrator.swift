internal import GRDB
internal import Jobs

/// Brings the schema up to date, forward only.
enum Migrator {
    /// "KJOB" in ASCII, so that another program's database is not taken for ours.
    static let applicationID: Int32 = 0x4B4A_4F42

    private static let createHistory = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            name TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """

    /// Applies what is missing.
    ///
    /// - Throws: ``StoreError`` `newer`, `altered` or `corrupt`; nothing is written then.
    static func migrate(
        _ database: any DatabaseWriter, at now: Timestamp,
        migrations: [Migration] = Migration.all
    ) throws {
        // Looking first keeps the write lock free in the usual case that there is nothing to do.
        let isCurrent = try database.writeWithoutTransaction { db in
            var isCurrent = false
            // One snapshot: somebody else may be making the tables.
            try db.inTransaction(.deferred) {
                isCurrent = try pending(db, migrations).isEmpty
                return .commit
            }
            return isCurrent
        }
        if isCurrent { return }
        try database.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let missing = try pending(db, migrations)
                guard !missing.isEmpty else { return .commit }
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: createHistory)
                for migration in missing {
                    try db.execute(sql: migration.sql)
                    try db.execute(
                        sql: """
                            INSERT INTO schema_migration (name, digest, applied_at)
                            VALUES (:name, :digest, :now)
                            """,
                        arguments: [
                            "name": migration.name, "digest": migration.digest,
                            "now": now.milliseconds,
                        ])
                }
                return .commit
            }
        }
    }

    /// The names of the applied migrations with their digests.
    static func applied(_ db: Database) throws -> [(name: String, digest: String)] {
        guard try db.tableExists("schema_migration") else { return [] }
        return try Row.fetchAll(db, sql: "SELECT name, digest FROM schema_migration ORDER BY name")
            .map { ($0["name"], $0["digest"]) }
    }

    private static func pending(_ db: Database, _ migrations: [Migration]) throws -> [Migration] {
        // What this connection remembers, another process may have changed since.
        db.clearSchemaCache()
        let applied = try applied(db)
        try refuseForeign(db, isKnown: !applied.isEmpty)
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.name, $0) })
        for (name, digest) in applied {
            guard let migration = known[name] else {
                throw StoreError(
                    .newer,
                    "The database was written by a newer version of this program (it has "
                        + "'\(name)'); install that version or use another database.")
            }
            guard migration.digest == digest else {
                throw StoreError(
                    .altered,
                    "The schema step '\(name)' of this database is not the one that this program "
                        + "knows; it was made by a changed build. Use that build or another "
                        + "database.")
            }
        }
        let names = Set(applied.map(\.name))
        return migrations.filter { !names.contains($0.name) }
    }

    private static func refuseForeign(_ db: Database, isKnown: Bool) throws {
        guard !isKnown else { return }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard tables == 0 else {
            throw StoreError(
                .corrupt,
                "The file holds another program's database; name another one with --db.")
        }
    }
}
