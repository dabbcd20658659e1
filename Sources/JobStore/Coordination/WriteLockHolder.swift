private import Glibc

/// The process that has SQLite's write lock on a database, as `/proc/locks` tells.
struct WriteLockHolder: Sendable, Hashable {
    let pid: Int
    /// The name of its program, cut by the kernel to 15 bytes; nil for another user's that is hidden.
    let program: String?
    /// Whether it was stopped by a signal, and lets go only when it may go on.
    let isSuspended: Bool

    var isThisProcess: Bool { pid == getpid() }

    /// The bytes of the shared memory that whoever commits locks, and that everybody locks who has
    /// the database open (sqlite.org/walformat.html).
    private static let writeByte = 120
    private static let openByte = 128

    /// Nil when nobody holds it at this moment, or the kernel does not tell.
    init?(database: String) {
        var facts = stat()
        guard stat(database + "-shm", &facts) == 0,
            let pid = Self.pid(inode: UInt64(facts.st_ino), reader: Int(getpid()))
        else { return nil }
        self.pid = pid
        // The name in brackets may hold any character, brackets too.
        guard let line = KernelFile.text("/proc/\(pid)/stat"),
            let start = line.firstIndex(of: "("), let end = line.lastIndex(of: ")")
        else {
            (program, isSuspended) = (nil, false)
            return
        }
        program = String(line[line.index(after: start)..<end])
        isSuspended = line[end...].dropFirst().split(separator: " ").first == "T"
    }

    /// The list is handed out a page at a time, and a lock that somebody takes or drops between two
    /// pages can hide another one's line.
    private static let readingsMax = 20

    /// Who holds the lock of writing on the file with this inode, by one of several readings of the
    /// list; nil when none of them names anybody.
    static func pid(
        inode: UInt64, reader: Int, list: () -> String? = { KernelFile.text("/proc/locks") }
    ) -> Int? {
        for _ in 0..<readingsMax {
            guard let locks = list() else { return nil }
            if let pid = pid(in: locks, inode: inode, reader: reader) { return pid }
        }
        return nil
    }

    /// Who holds the lock of writing on the file with this inode; nil for nobody.
    ///
    /// - Parameter reader: a process that has the database open. Its own lock tells the device, which
    ///   not every file system shows to programs as the kernel knows it.
    static func pid(in locks: String, inode: UInt64, reader: Int) -> Int? {
        let locks = locks.split(separator: "\n").compactMap { Lock($0) }
            .filter { $0.inode == inode }
        let own = locks.first { $0.pid == reader && !$0.isExclusive && $0.covers(openByte) }
        guard let own else { return nil }
        let holder = locks.first {
            $0.isExclusive && $0.covers(writeByte) && $0.device == own.device
        }
        // 0 is a process that this one cannot see.
        return holder.flatMap { $0.pid > 0 ? $0.pid : nil }
    }

    /// One line of the list, as "1: POSIX  ADVISORY  WRITE 4711 fe:00:131090 120 120"; an arrow
    /// marks who waits, and makes it none.
    private struct Lock {
        let pid: Int
        let device: Substring
        let inode: UInt64
        let isExclusive: Bool
        private let first: Int
        private let last: Int

        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[1] == "POSIX", let pid = Int(fields[4]),
                let colon = fields[5].lastIndex(of: ":"),
                let inode = UInt64(fields[5][colon...].dropFirst()),
                let first = Int(fields[6]), let last = fields[7] == "EOF" ? .max : Int(fields[7])
            else { return nil }
            self.pid = pid
            device = fields[5][..<colon]
            self.inode = inode
            isExclusive = fields[3] == "WRITE"
            self.first = first
            self.last = last
        }

        func covers(_ byte: Int) -> Bool { first <= byte && byte <= last }
    }
}
