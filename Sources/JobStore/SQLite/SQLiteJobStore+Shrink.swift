private import CKomodo
internal import GRDB
private import Glibc

extension SQLiteJobStore {
    /// Pages that are moved, or cut off, before the time is looked at.
    private static let shrinkPages = 4

    /// How the file's room is used.
    package struct Room: Sendable, Hashable {
        package var pages: Int
        package var freePages: Int
        package var pageBytes: Int
        /// Whether free pages can be given back in short steps; files of older versions cannot.
        package var canShrink: Bool

        /// What the file takes once the write-ahead log was moved.
        package var fileBytes: Int { pages * pageBytes }
        /// What the jobs take.
        package var usedBytes: Int { (pages - freePages) * pageBytes }
        package var freeBytes: Int { freePages * pageBytes }
    }

    /// Tells how much of the file is free.
    package func room() async throws(StoreError) -> Room {
        try await read { db in try Room(db) }
    }

    /// Gives some free pages back to the file system, in one short step; the file itself gets shorter
    /// with the next checkpoint.
    ///
    /// - Parameter pagesKept: so many free pages are left.
    /// - Returns: whether another step would find something to do.
    package func shrink(to pagesKept: Int = 0) async throws(StoreError) -> Bool {
        let room = try await room()
        guard room.canShrink, room.freePages > pagesKept else { return false }
        let clock = clock
        return try await step { db in
            let share = LockShare(clock)
            var free = try Room(db).freePages
            while free > pagesKept, !share.isSpent {
                let pages = min(free - pagesKept, Self.shrinkPages)
                try db.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
                free -= pages
            }
            return free > pagesKept
        }
    }

    /// Writes the whole database anew without free pages, so that it can shrink in short steps from
    /// then on; nobody else can write meanwhile.
    ///
    /// - Throws: `full`, and nothing is done, when there is not enough room for two copies: one on
    ///   the way, one in the write-ahead log.
    package func vacuum() async throws(StoreError) {
        try confirmPlace()
        try confirmRoom(for: try await room())
        do {
            try await queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try db.execute(sql: "VACUUM")
            }
        } catch {
            throw StoreError(error, path: path)
        }
        // Only then does the file itself get shorter; where readers are in the way, later.
        _ = try checkpointer.checkpoint(persistently: true)
    }

    private func confirmRoom(for room: Room) throws(StoreError) {
        let copy = room.usedBytes + room.usedBytes / 20
        let folder = DatabaseFile.folder(of: path)
        for (place, needed) in [(folder, 2 * copy), (Self.temporaryFolder, copy)] {
            guard let free = Self.freeBytes(place), free < needed else { continue }
            throw StoreError(
                .full,
                "\(place) has \(free >> 20) MiB free, and \(needed >> 20) MiB are needed to write "
                    + "the database anew; make room, or prune and let it stay as large as it is.")
        }
    }

    /// Where SQLite puts the copy on the way (sqlite.org/tempfiles.html).
    private static var temporaryFolder: String {
        for name in ["SQLITE_TMPDIR", "TMPDIR"] {
            if let value = getenv(name) { return String(cString: value) }
        }
        return "/var/tmp"
    }

    private static func freeBytes(_ folder: String) -> Int? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        return Int(facts.f_bavail) * Int(facts.f_frsize)
    }
}

extension SQLiteJobStore.Room {
    init(_ db: Database) throws {
        pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        freePages = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        pageBytes = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
        canShrink = try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2
    }
}
