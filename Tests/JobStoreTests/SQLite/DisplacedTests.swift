import Foundation
import Jobs
import TestSupport
import Testing

@testable import JobStore

/// A database or its folder of locks that is taken away while it is in use.
@Suite(.timeLimit(.minutes(2)))
struct DisplacedTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    /// What happens to a database.
    enum Loss: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case removed, replaced

        var testDescription: String { rawValue }

        func happen(to database: String) throws {
            let (files, copy) = (FileManager.default, database + ".copy")
            switch self {
            case .removed: try files.removeItem(atPath: database)
            case .replaced:
                try files.copyItem(atPath: database, toPath: copy)
                try files.removeItem(atPath: database)
                try files.moveItem(atPath: copy, toPath: database)
            }
        }
    }

    @Test(arguments: Loss.allCases)
    func nothingIsPromisedInAFileThatNobodyCanSee(loss: Loss) async throws {
        let store = try files.open()
        let request = EnqueueRequest(job: Samples.job())
        _ = try await store.enqueue([request])
        try store.confirmPlace()
        try loss.happen(to: files.path)
        let error = await #expect(throws: StoreError.self) { try await store.enqueue([request]) }
        #expect(error?.code == .displaced && error?.remedy == .end)
        for word in [files.path, "removed or replaced", "start it again"] {
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        }
        #expect(throws: StoreError.self) { try store.confirmPlace() }
        // Whoever waits for something to happen there would wait for ever.
        #expect(await storeError { try await store.jobs(JobQuery()) } == .displaced)
    }

    @Test func aLockWhoseFileWasRemovedIsMadeAgain() throws {
        let path = files.directory.file("x.lock")
        guard case .acquired(let lock) = FileLock.attempt(path, creates: true) else {
            Issue.record("not acquired")
            return
        }
        #expect(lock.keepInPlace())
        try FileManager.default.removeItem(atPath: path)
        guard case .missing = FileLock.attempt(path, creates: false) else {
            Issue.record("a removed lock is there")
            return
        }
        #expect(lock.keepInPlace())
        guard case .heldByAnother = FileLock.attempt(path, creates: false) else {
            Issue.record("the lock is not held where others look for it")
            return
        }
    }

    @Test func aLockThatWasGivenUpIsNotTakenBack() throws {
        let lock = try #require(try files.folder.lock(files.directory.file("x.lock")))
        lock.remove()
        #expect(!lock.keepInPlace())
        #expect(try files.folder.lock(files.directory.file("x.lock")) != nil)
    }

    @Test func aLockComesWithItsFolder() throws {
        let folder = try files.folder
        let path = folder.workerLock("w1")
        try FileManager.default.removeItem(atPath: folder.path)
        let lock = try #require(try folder.lock(path))
        #expect(try folder.lock(path) == nil)
        withExtendedLifetime(lock) {}
    }

    @Test func aFolderForALockThatCannotBeMadeAgainSaysSo() throws {
        let directory = try TemporaryDirectory()
        let parent = directory.file("parent")
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true)
        let folder = try StateFolder(database: parent + "/jobs.db")
        try FileManager.default.removeItem(atPath: parent)
        let error = #expect(throws: StoreError.self) {
            _ = try folder.lock(folder.workerLock("w1"))
        }
        // Not that somebody else has it, which would be waited for.
        #expect(error?.code == .notPermitted, "\(error?.message ?? "")")
        #expect(error?.message.contains("The folder \(folder.path)") == true)
    }

    @Test func aLockThatAnotherTookMeanwhileIsLost() throws {
        let path = files.directory.file("x.lock")
        guard case .acquired(let first) = FileLock.attempt(path, creates: true) else {
            Issue.record("not acquired")
            return
        }
        try FileManager.default.removeItem(atPath: path)
        guard case .acquired(let second) = FileLock.attempt(path, creates: true) else {
            Issue.record("not acquired again")
            return
        }
        #expect(!first.keepInPlace())
        #expect(second.keepInPlace())
        first.remove()
        guard case .heldByAnother = FileLock.attempt(path, creates: false) else {
            Issue.record("the file of the second holder is gone")
            return
        }
    }

    @Test func aListenerWhoseFolderWasRemovedHearsAgain() async throws {
        let store = try files.open()
        let listener = try ChangeListener(folder: store.folder, name: "a")
        try FileManager.default.removeItem(atPath: store.folder.path)
        #expect(store.folder.bells().isEmpty)
        listener.keepInPlace()
        #expect(store.folder.bells() == [store.folder.bell("a")])
        var rings = listener.rings.makeAsyncIterator()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        #expect(await rings.next() != nil)
        listener.keepInPlace()
        #expect(store.folder.bells() == [store.folder.bell("a")])
    }

    @Test func theFolderIsMadeAgainAsItWas() throws {
        let folder = try files.folder
        for _ in 0..<2 {
            try FileManager.default.removeItem(atPath: folder.path)
            folder.restore()
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            folder.restore()
        }
    }
}
