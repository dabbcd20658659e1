import Foundation
import Subprocess
import TestSupport
import Testing

@testable import JobStore

/// Who has SQLite's write lock.
@Suite(.timeLimit(.minutes(2)))
struct WriteLockHolderTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    private static let locks = """
        1: POSIX  ADVISORY  READ  41 fe:00:7001 128 128
        1: POSIX  ADVISORY  READ  50 fe:00:7001 128 128
        1: POSIX  ADVISORY  READ  50 fe:00:7002 100 EOF
        1: POSIX  ADVISORY  READ  50 fe:00:7003 128 128
        1: POSIX  ADVISORY  READ  50 fe:00:7004 128 128
        1: POSIX  ADVISORY  READ  50 fe:00:7005 128 128
        1: POSIX  ADVISORY  READ  50 fe:00:7006 128 128
        1: POSIX  ADVISORY  READ  51 fe:00:7007 128 128
        2: POSIX  ADVISORY  WRITE 52 fe:01:7001 120 120
        2: POSIX  ADVISORY  WRITE 42 fe:00:7002 120 120
        3: FLOCK  ADVISORY  WRITE 43 fe:00:7001 0 EOF
        4: POSIX  ADVISORY  WRITE 44 fe:00:7001 120 120
        4: -> POSIX  ADVISORY  WRITE 45 fe:00:7001 120 120
        5: POSIX  ADVISORY  WRITE 46 fe:00:7003 121 123
        6: POSIX  ADVISORY  WRITE 0 fe:00:7004 120 120
        7: POSIX  ADVISORY  WRITE 47 fe:00:7005 100 EOF
        8: POSIX  ADVISORY  WRITE 48 fe:01:7006 120 120
        9: POSIX  ADVISORY  WRITE 49 fe:00:7007 120 120
        """

    @Test(arguments: [
        (7_001, 44), (7_002, 42), (7_003, nil), (7_004, nil), (7_005, 47), (9, nil),
        // Of another file system, and of a file that the reader has not open.
        (7_006, nil), (7_007, nil),
    ])
    func theLineOfTheWriteLockIsFound(inode: UInt64, pid: Int?) {
        #expect(WriteLockHolder.pid(in: Self.locks, inode: inode, reader: 50) == pid)
    }

    @Test func aLineThatOneReadingMissesIsFoundByAnother() {
        let lines = Self.locks.split(separator: "\n")
        var readings = [
            lines.filter { !$0.contains(" 50 fe:00:7001 ") }, lines.filter { !$0.contains(" 44 ") },
            lines,
        ]
        let pid = WriteLockHolder.pid(inode: 7_001, reader: 50) {
            readings.removeFirst().joined(separator: "\n")
        }
        #expect(pid == 44 && readings.isEmpty)
    }

    /// Locks come and go on other files while the list is read.
    @Test func theHolderIsFoundWhileOtherLocksComeAndGo() async throws {
        let store = try files.open()
        let holder = try RawDatabase(files.path)
        try holder.execute("BEGIN IMMEDIATE")
        let script = """
            import fcntl, sys, tempfile
            files = [tempfile.TemporaryFile() for _ in range(200)]
            print("begun", flush=True)
            while True:
                for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
                for file in files: fcntl.lockf(file, fcntl.LOCK_UN)
            """
        _ = try await run(
            .name("python3"), arguments: ["-c", script], input: .none, output: .sequence,
            error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings()
            where line.hasPrefix("begun") { break }
            for _ in 0..<200 {
                #expect(WriteLockHolder(database: files.path)?.isThisProcess == true)
            }
            try execution.send(signal: .kill)
        }
        try holder.execute("ROLLBACK")
        withExtendedLifetime(store) {}
    }

    @Test func nobodyHoldsTheLockOfADatabaseAtRest() throws {
        let store = try files.open()
        #expect(WriteLockHolder(database: files.path) == nil)
        #expect(WriteLockHolder(database: files.path + ".missing") == nil)
        withExtendedLifetime(store) {}
    }

    @Test func aProcessThatWasSuspendedInACommitIsNamed() async throws {
        let store = try files.open()
        let path = files.path
        let script = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            print("begun", flush=True)
            sys.stdin.read()
            """
        _ = try await run(
            .name("python3"), arguments: ["-c", script, path], input: .inputWriter,
            output: .sequence, error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings()
            where line.hasPrefix("begun") { break }
            try execution.send(signal: .suspend)
            #expect(
                try await eventually { WriteLockHolder(database: path)?.isSuspended == true })
            let error = await #expect(throws: StoreError.self) {
                try await store.enqueue([EnqueueRequest(job: Samples.job())])
            }
            #expect(error?.code == .busy)
            let pid = execution.processIdentifier.value
            for words in ["(process \(pid)), which is suspended", "'kill -CONT \(pid)'"] {
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
            try execution.send(signal: .resume)
            try await execution.standardInputWriter.finish()
        }
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
    }
}
