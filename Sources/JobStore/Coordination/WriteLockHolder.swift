private import Glibc

/// The process that has SQLite's write lock on a database, as `/proc/locks` tells.
struct WriteLockHolder: Sendable, Hashable {
    let pid: Int
    /// The name of its program, cut by the kernel to 15 bytes.
    let program: String
    /// Whether it was stopped by a signal, and lets go only when it may go on.
    let isSuspended: Bool

    /// The byte of the shared memory that whoever commits locks (sqlite.org/walformat.html).
    private static let writeByte = 120

    /// Nil when nobody holds it at this moment, or the kernel does not tell.
    init?(database: String) {
        var facts = stat()
        guard stat(database + "-shm", &facts) == 0, let locks = KernelFile.text("/proc/locks"),
            let pid = Self.pid(in: locks, inode: UInt64(facts.st_ino)),
            // The number in brackets may hold any character but the last bracket.
            let line = KernelFile.text("/proc/\(pid)/stat"),
            let start = line.firstIndex(of: "("), let end = line.lastIndex(of: ")")
        else { return nil }
        self.pid = pid
        program = String(line[line.index(after: start)..<end])
        isSuspended = line[end...].dropFirst().split(separator: " ").first == "T"
    }

    /// Who holds the lock of writing on the file with this inode; nil for nobody.
    static func pid(in locks: String, inode: UInt64) -> Int? {
        for line in locks.split(separator: "\n") {
            // "1: POSIX  ADVISORY  WRITE 4711 fe:00:131090 120 120"; an arrow marks who waits.
            let fields = line.split(separator: " ")
            guard fields.count == 8, fields[1] == "POSIX", fields[3] == "WRITE",
                fields[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode,
                let first = Int(fields[6]), first <= writeByte,
                fields[7] == "EOF" || Int(fields[7]).map({ $0 >= writeByte }) == true
            else { continue }
            // 0 is a process that this one cannot see.
            return Int(fields[4]).flatMap { $0 > 0 ? $0 : nil }
        }
        return nil
    }
}
