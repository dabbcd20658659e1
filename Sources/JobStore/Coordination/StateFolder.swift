private import Glibc

/// `<db>.d`: the locks and doorbells beside a database.
package struct StateFolder: Sendable, Hashable {
    package let path: String

    /// Longest path of a socket address, with its final zero.
    private static let socketPathMax = 107

    private static let mode: mode_t = 0o700
    private static let sharedMode: mode_t = 0o2770

    private let database: String

    /// Makes the folder if it is not there: 0700, or 2770 when a group shares the database.
    init(database: String) throws(StoreError) {
        self.database = database
        path = database + ".d"
        // Where nothing can be written, what is there can still be read.
        if let fault = make(), ![EROFS, ENOSPC, EDQUOT].contains(fault.number) {
            throw fault.error(path, "the folder \(path) for locks cannot be made")
        }
    }

    /// Makes the folder again when somebody has removed it.
    package func restore() {
        // Whoever needs it next says what is wrong.
        _ = faultOfRestoring()
    }

    private func faultOfRestoring() -> SystemFault? {
        access(path, F_OK) == 0 ? nil : make()
    }

    /// Takes a lock of this folder, which is made again if somebody has removed it.
    ///
    /// - Returns: the lock; nil when another process holds it.
    package func lock(_ lock: String) throws(StoreError) -> FileLock? {
        if let fault = faultOfRestoring() {
            throw fault.error(path, "the folder \(path) for locks cannot be made")
        }
        switch FileLock.attempt(lock, creates: true) {
        case .acquired(let lock): return lock
        case .heldByAnother: return nil
        case .unreadable(let fault): throw fault.error(path, "the lock \(lock) cannot be made")
        case .missing: throw StoreError(.busy, "The folder \(path) is being removed; try again.")
        }
    }

    /// Why the folder cannot be made; nil when it is there.
    private func make() -> SystemFault? {
        var facts = stat()
        let isShared = stat(database, &facts) == 0 && facts.st_mode & 0o060 == 0o060
        // Without the setgid bit, which services may not set; it is inherited from the parent.
        guard mkdir(path, isShared ? Self.sharedMode & 0o777 : Self.mode) == 0 || errno == EEXIST
        else { return .last }
        // A login user's umask takes the group's bits away. Only the owner can put them back.
        if isShared, stat(path, &facts) == 0, facts.st_mode & Self.sharedMode != Self.sharedMode {
            chmod(path, Self.sharedMode)
        }
        return nil
    }

    /// The lock that a worker holds for life.
    package func workerLock(_ id: String) -> String { "\(path)/worker-\(id).lock" }
    /// The lock of the only on-demand worker of a key.
    package func onDemandLock(_ key: String) -> String { "\(path)/on-demand-\(key).lock" }
    /// The log of on-demand workers.
    package var onDemandLog: String { "\(path)/on-demand.log" }
    /// The lock of the checkpointer's role.
    var checkpointerLock: String { "\(path)/checkpointer.lock" }

    /// The lock of the one process that indexes and prunes in the background.
    package var upkeepLock: String { "\(path)/upkeep.lock" }

    /// Whether it is there says that the log has to be cut.
    var erasureMark: String { "\(path)/secrets-deleted" }

    /// The sockets of everybody who waits for changes, as paths that fit into an address.
    func bells() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".bell") { names.append("\(path)/\(name)") }
        }
        return names
    }

    func bell(_ id: String) -> String { "\(path)/\(id).bell" }

    /// A short name for a path that does not fit into a socket address, through a descriptor of its
    /// folder.
    static func address(_ path: String, folderDescriptor: Int32) -> String {
        guard path.utf8.count >= socketPathMax, let slash = path.lastIndex(of: "/") else {
            return path
        }
        return "/proc/self/fd/\(folderDescriptor)\(path[slash...])"
    }
}
