private import Glibc

/// The file of a write-ahead log, looked at from outside of SQLite.
///
/// No other file of a database may be: closing one drops every lock that the process has on it.
struct WriteAheadFile: Sendable {
    let path: String

    init(database: String) { path = database + "-wal" }

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// Its size in bytes; 0 when there is none.
    var bytes: Int { SQLiteJobStore.size(of: path) }

    /// How many bytes of it are in use, whoever wrote them; its size when it cannot be read.
    ///
    /// The size does not tell, for a log that starts anew is written from its beginning. Its frames
    /// bear the salts of its header (sqlite.org/fileformat2.html#walformat), and come before those
    /// of older logs, so the end is found by halving. While the log starts anew the answer may be
    /// any up to the size.
    var bytesInUse: Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return bytes }
        defer { close(descriptor) }
        let header = read(Self.headerBytes, at: 0, of: descriptor)
        guard header.count == Self.headerBytes else { return 0 }
        let pageBytes = header[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let frameBytes = Self.frameHeaderBytes + pageBytes
        var ours = 0
        var end = max(0, SQLiteJobStore.size(of: path) - Self.headerBytes) / frameBytes
        while ours < end {
            let middle = (ours + end) / 2
            let frame = read(
                Self.frameHeaderBytes, at: Self.headerBytes + middle * frameBytes, of: descriptor)
            if frame.count == Self.frameHeaderBytes, frame[8..<16] == header[16..<24] {
                ours = middle + 1
            } else {
                end = middle
            }
        }
        return ours == 0 ? 0 : Self.headerBytes + ours * frameBytes
    }

    private func read(_ count: Int, at offset: Int, of descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(descriptor, &bytes, count, off_t(offset))
        return Array(bytes.prefix(max(0, found)))
    }

    /// Puts its contents and its size on disk.
    func sync() throws(StoreError) {
        guard syncToDisk(path) else {
            throw SystemFault.last.error(path, "\(path) cannot be put on disk")
        }
    }
}
