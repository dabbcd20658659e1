import Glibc
import Jobs
import TestSupport
import Testing

@testable import JobStore

extension StoreFactory {
    /// The SQLite store on a file of its own.
    static let sqlite = StoreFactory(name: "SQLite") {
        let files = try SQLiteFiles()
        return StoreUnderTest(
            store: try files.open(), clock: files.clock,
            another: { try files.open() },
            start: { worker in try files.lockWorker(worker) },
            hide: { worker in
                // A folder cannot be opened for writing, whoever tries.
                let path = try files.folder.workerLock(worker)
                #expect(mkdir(path, 0o700) == 0)
            })
    }
}

/// A database file of one test, with its clock.
struct SQLiteFiles: Sendable {
    let directory: TemporaryDirectory
    let clock = TestClock()

    init() throws { directory = try TemporaryDirectory() }

    var path: String { directory.file("jobs.db") }
    var folder: StateFolder { get throws { try StateFolder(database: path) } }

    func open(bootID: String = "boot-1") throws -> SQLiteJobStore {
        try SQLiteJobStore.open(
            path: path, mode: .create(makingFolder: false), clock: clock.storeClock(bootID: bootID))
    }

    /// Keeps everybody from checkpointing.
    func lockCheckpoints() throws -> FileLock {
        guard
            case .acquired(let lock) = FileLock.attempt(
                try folder.checkpointerLock, creates: true)
        else { throw StoreError(.busy, "Somebody checkpoints.") }
        return lock
    }

    /// Takes the lock that a worker's process holds for life.
    func lockWorker(_ worker: String) throws -> FileLock {
        guard
            case .acquired(let lock) = FileLock.attempt(
                try folder.workerLock(worker), creates: true)
        else { throw StoreError(.busy, "The worker \(worker) lives already.") }
        return lock
    }
}
