internal import GRDB
private import Glibc

extension StoreError {
    /// Says in one sentence what an error of SQLite means and what to do.
    ///
    /// - Parameter fault: the error of the operating system behind it, where SQLite has kept it.
    init(_ error: any Error, path: String, fault: SystemFault? = nil) {
        if let error = error as? StoreError {
            self = error
            return
        }
        if error is CancellationError {
            self.init(.interrupted, "The database was not waited for any longer.", cause: error)
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, "The database \(path) failed: \(error).", cause: error)
            return
        }
        if let (code, sentence) = Self.machineFault(error, path, fault) {
            self.init(code, sentence, cause: error)
            return
        }
        switch error.resultCode {
        case .SQLITE_READONLY:
            self.init(
                .readOnly,
                "The database \(path) is read-only; make the file and its folder writable.",
                cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "The file \(path) is not a sound job database; move it away or restore a backup.",
                cause: error)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .notPermitted,
                "The database \(path) cannot be opened; check that you may read and write the file "
                    + "and its folder.",
                cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self.init(.busy, Self.lockedSentence(path), cause: error)
        case .SQLITE_CONSTRAINT:
            self.init(
                .violated,
                "The database \(path) refuses a change that breaks one of its rules: "
                    + "\(error.message ?? "\(error)").",
                cause: error)
        case .SQLITE_IOERR:
            self.init(
                .machineFailed,
                "The disk that holds \(path) failed (SQLite's error "
                    + "\(error.extendedResultCode.rawValue)); 'dmesg' may tell more.",
                cause: error)
        default:
            self.init(
                .failed, "The database \(path) failed: \(error.message ?? "\(error)").",
                cause: error)
        }
    }

    private static func lockedSentence(_ path: String) -> String {
        let locked = "The database \(path) stayed locked by"
        guard let holder = WriteLockHolder(database: path) else {
            return "\(locked) another process; try again, and look for a program that keeps it "
                + "open for writing."
        }
        let process = "process \(holder.pid)"
        guard !holder.isThisProcess else {
            return "\(locked) this program itself (\(process)); try again."
        }
        let named = "\(locked) \(holder.program.map { "\($0) (\(process))" } ?? process)"
        guard holder.isSuspended else {
            return "\(named); try again, and end that program if it does not let go."
        }
        return "\(named), which is suspended; let it go on with "
            + "'kill -CONT \(holder.pid)', or end it."
    }

    /// What is wrong with the machine, when that is behind an error of SQLite, whose own words are
    /// the same for all of it.
    private static func machineFault(
        _ error: DatabaseError, _ path: String, _ fault: SystemFault?
    ) -> (Code, String)? {
        switch error.resultCode {
        case .SQLITE_FULL: SystemFault(ENOSPC).machineFault(path)
        case .SQLITE_NOMEM: SystemFault(ENOMEM).machineFault(path)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY:
            fault?.machineFault(path) ?? SystemFault.apparent(at: path)?.machineFault(path)
        default: nil
        }
    }
}
