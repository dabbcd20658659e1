import Foundation
import GRDB
import TestSupport
import Testing

@testable import JobStore

/// What is said when the machine is in trouble.
@Suite(.timeLimit(.minutes(2)))
struct FaultTextTests {
    private static let texts: [(Int32, StoreError.Code, String)] = [
        (ENOSPC, .full, "The disk that holds /proc/jobs.db is full; free some space"),
        (EDQUOT, .full, "The disk quota for /proc/jobs.db is used up"),
        (EROFS, .readOnly, "The file system of /proc/jobs.db is read-only; make it writable"),
        (EMFILE, .machineFailed, "as many files open as it may; raise the limit with 'ulimit -n'"),
        (ENFILE, .machineFailed, "the machine has too many files open"),
        (ENOMEM, .machineFailed, "there is not enough memory"),
        (EIO, .machineFailed, "The disk that holds /proc/jobs.db failed (input/output error)"),
        (
            EACCES, .notPermitted,
            "The folder of /proc/jobs.db cannot be made: permission denied; check the permissions."
        ),
        (ENOTDIR, .notPermitted, "cannot be made: not a directory"),
    ]

    @Test(arguments: texts.indices)
    func eachTroubleHasWordsOfItsOwn(number: Int) {
        let (fault, code, words) = Self.texts[number]
        let error = SystemFault(fault).error(
            "/proc/jobs.db", "the folder of /proc/jobs.db cannot be made")
        #expect(error.code == code, "\(error.message)")
        #expect(error.message.contains(words), "\(error.message)")
        #expect(error.message.hasSuffix("."), "\(error.message)")
    }

    /// What SQLite says, what the system said to it, and what is told.
    private static let sqlite: [(ResultCode, Int32?, StoreError.Code, String)] = [
        (.SQLITE_FULL, nil, .full, "is full; free some space"),
        (.SQLITE_NOMEM, nil, .machineFailed, "not enough memory"),
        (.SQLITE_IOERR_WRITE, EDQUOT, .full, "quota"),
        (.SQLITE_IOERR_WRITE, EROFS, .readOnly, "read-only"),
        (.SQLITE_IOERR_FSYNC, EIO, .machineFailed, "failed (input/output error)"),
        (.SQLITE_IOERR_SHORT_READ, nil, .machineFailed, "failed (SQLite's error 522)"),
        (.SQLITE_CANTOPEN, EMFILE, .machineFailed, "ulimit -n"),
        (.SQLITE_CANTOPEN, EACCES, .notPermitted, "may read and write"),
    ]

    @Test(arguments: sqlite.indices)
    func whatSQLiteSaysIsToldApart(number: Int) throws {
        let (result, fault, code, words) = Self.sqlite[number]
        let directory = try TemporaryDirectory()
        let error = StoreError(
            DatabaseError(resultCode: result), path: directory.file("jobs.db"),
            fault: fault.map { SystemFault($0) })
        #expect(error.code == code, "\(error.message)")
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func aReadOnlyFileSystemIsSeenAsSuch() {
        // The kernel's own, where nothing but its files is.
        let isReadOnly = SystemFault.apparent(at: "/sys/jobs.db")
        #expect(isReadOnly == nil || isReadOnly == SystemFault(EROFS))
        #expect(SystemFault.apparent(at: "/no/such/folder/jobs.db") == nil)
    }

    @Test func aFolderForLocksThatCannotBeMadeSaysWhy() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("plain/jobs.db")
        #expect(FileManager.default.createFile(atPath: directory.file("plain"), contents: Data()))
        let error = #expect(throws: StoreError.self) { _ = try StateFolder(database: path) }
        #expect(error?.message.contains("not a directory") == true, "\(error?.message ?? "")")
    }
}
