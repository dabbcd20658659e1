private import CKomodo
private import Glibc

/// The database file itself: where it may lie and who may read it.
enum DatabaseFile {
    private static let mode: mode_t = 0o600
    /// In a folder that a group shares, the group shares the database too.
    private static let sharedMode: mode_t = 0o660
    private static let folderMode: mode_t = 0o700

    /// File systems on which locks or shared memory are not to be trusted, by `statfs` magic.
    private static let unsuitable: [Int: String] = [
        0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x517B: "SMB",
        0x0102_1997: "9p", 0x6573_5546: "FUSE",
    ]

    /// Checks the place, and makes the file with its final mode so that it is never readable by
    /// others, not even for a moment.
    static func prepare(path: String, mode: SQLiteJobStore.Mode) throws(StoreError) {
        let folder = folder(of: path)
        switch mode {
        case .existing:
            guard access(path, F_OK) == 0 else {
                throw StoreError(
                    .missing,
                    "There is no job database at \(path) yet; 'komodo-jobs run' or "
                        + "'komodo-mcp db migrate' makes it, and --db names another one.")
            }
        case .create(let makesFolder):
            if makesFolder { try makeFolders(folder) }
            guard access(folder, F_OK) == 0 else {
                throw StoreError(
                    .missing, "The folder \(folder) does not exist; make it or name another --db.")
            }
            try refuseUnsuitable(folder, path: path)
            try makeFile(path)
        }
        try refuseUnsuitable(folder, path: path)
        try refuseForeign(path)
    }

    /// Refuses what cannot be ours before SQLite, which would switch it to write-ahead logging.
    ///
    /// The header tells (sqlite.org/fileformat.html#the_database_header). What logs ahead may have
    /// its newest header in the log; ``Migrator`` looks into that.
    private static func refuseForeign(_ path: String) throws(StoreError) {
        let header = header(of: path)
        guard !header.isEmpty else { return }
        guard header.count == headerBytes, header.starts(with: magic) else {
            // A power cut while the file was made tears it, and SQLite rolls it back.
            if access(path + "-journal", F_OK) == 0 { return }
            throw StoreError(
                .corrupt,
                "The file \(path) is not a job database; move it away or name another --db.")
        }
        let logsAhead = header[writeVersionOffset] == 2
        let application = header[applicationOffset..<applicationOffset + 4]
            .reduce(Int32(0)) { $0 << 8 | Int32($1) }
        // Ours has no table yet, and logs ahead no sooner, between the first steps of its making.
        let isEmpty = header[schemaCookieOffset..<schemaCookieOffset + 4].allSatisfy { $0 == 0 }
        guard logsAhead || isEmpty || application == Migrator.applicationID else {
            throw .foreign(path)
        }
    }

    private static let magic = Array("SQLite format 3".utf8) + [0]
    private static let headerBytes = 100
    private static let writeVersionOffset = 18
    private static let schemaCookieOffset = 40
    private static let applicationOffset = 68

    /// The first bytes of the file; none when it is empty, or cannot be read, about which SQLite
    /// has more to say.
    private static func header(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: headerBytes)
        let count = read(descriptor, &bytes, headerBytes)
        return Array(bytes.prefix(max(0, count)))
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func makeFolders(_ folder: String) throws(StoreError) {
        var partial = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            partial += "/" + part
            guard access(partial, F_OK) != 0 else { continue }
            guard mkdir(partial, folderMode) == 0 || errno == EEXIST else {
                throw SystemFault.last.error(
                    partial, "the folder \(partial) cannot be made",
                    hint: "name another database with --db")
            }
            // SQLite does it for the folder of the database alone; not every file system can.
            _ = syncToDisk(Self.folder(of: partial))
        }
    }

    private static func makeFile(_ path: String) throws(StoreError) {
        let isShared = isSharedByGroup(folder(of: path))
        let mode = isShared ? sharedMode : mode
        let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        // The process's umask may have taken the group's bits away.
        if made >= 0, isShared { fchmod(made, mode) }
        let descriptor = made >= 0 ? made : open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        throw SystemFault.last.error(
            path, "the database \(path) cannot be opened for writing",
            hint: "check the permissions, or name another one with --db")
    }

    /// Whether new files of the folder belong to its group, and the group may write there.
    private static func isSharedByGroup(_ folder: String) -> Bool {
        var facts = stat()
        return stat(folder, &facts) == 0 && facts.st_mode & 0o2020 == 0o2020
    }

    private static func refuseUnsuitable(_ folder: String, path: String) throws(StoreError) {
        guard let name = unsuitable[komodo_file_system_magic(folder)] else { return }
        throw StoreError(
            .unsuitableFileSystem,
            "\(path) lies on \(name), where several processes cannot share a database safely; name "
                + "one on a local disk with --db.")
    }
}

extension StoreError {
    /// The file belongs to another program.
    static func foreign(_ path: String) -> StoreError {
        StoreError(
            .corrupt,
            "The file \(path) holds another program's database; name another one with --db.")
    }

    /// The file was removed, or another one took its place, while it was open.
    ///
    /// What is written into it from then on is lost, so nothing may be promised there.
    static func displaced(_ path: String) -> StoreError {
        StoreError(
            .displaced,
            "The database \(path) was removed or replaced while this program used it; start it "
                + "again.")
    }
}
