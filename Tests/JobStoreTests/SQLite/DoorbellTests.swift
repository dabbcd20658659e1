import Foundation
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import JobStore

/// One store's commit wakes the listeners of all others.
@Suite(.timeLimit(.minutes(2)))
struct DoorbellTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    /// Counts the rings of a listener for as long as it lives.
    private final class Ear: Sendable {
        private final class Counter: Sendable {
            let rings = Mutex(0)
        }

        private let counter: Counter
        private let task: Task<Void, Never>

        init(_ listener: ChangeListener) {
            let (stream, counter) = (listener.rings, Counter())
            self.counter = counter
            task = Task { for await _ in stream { counter.rings.withLock { $0 += 1 } } }
        }

        var count: Int { counter.rings.withLock(\.self) }

        deinit { task.cancel() }
    }

    private static func enqueue(_ store: SQLiteJobStore, _ target: Int = 1) async throws {
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job(.deploy, target))])
    }

    @Test func aCommitWakesListenersElsewhere() async throws {
        let writer = try files.open()
        let other = try files.open()
        let listeners = try ["a", "b"].map { try ChangeListener(folder: other.folder, name: $0) }
        let ears = listeners.map(Ear.init)
        try await Self.enqueue(writer)
        #expect(try await eventually { ears.allSatisfy { $0.count > 0 } })
        let before = ears.map(\.count)
        try await Self.enqueue(other, 2)
        #expect(try await eventually { zip(ears, before).allSatisfy { $0.count > $1 } })
        withExtendedLifetime(listeners) {}
    }

    @Test func aListenerCanRingItsOwnBell() async throws {
        let store = try files.open()
        let listener = try ChangeListener(folder: store.folder, name: "a")
        let ear = Ear(listener)
        listener.ring()
        #expect(try await eventually { ear.count > 0 })
    }

    @Test func ringsThatNobodyHearsDoNotHoldUpWriters() async throws {
        let store = try files.open()
        // Its queue fills up, for nobody takes anything from it.
        let listener = try ChangeListener(folder: store.folder, name: "deaf")
        for number in 0..<300 { try await Self.enqueue(store, number) }
        #expect(try await store.jobs(JobQuery(limit: 1_000)).jobs.count == 300)
        withExtendedLifetime(listener) {}
    }

    @Test func aListenerTakesItsSocketAway() throws {
        let store = try files.open()
        var listener: ChangeListener? = try ChangeListener(folder: store.folder, name: "a")
        #expect(store.folder.bells() == [store.folder.bell("a")])
        withExtendedLifetime(listener) {}
        listener = nil
        #expect(store.folder.bells().isEmpty)
    }

    @Test func theSocketOfADeadListenerIsRemoved() async throws {
        let store = try files.open()
        let bell = store.folder.bell("dead")
        let descriptor = socket(AF_UNIX, datagramSocketType, 0)
        #expect(withSocketAddress(bell) { bind(descriptor, $0, $1) } == 0)
        close(descriptor)
        #expect(store.folder.bells() == [bell])
        let listener = try ChangeListener(folder: store.folder, name: "alive")
        try await Self.enqueue(store)
        let alive = store.folder.bell("alive")
        #expect(try await eventually { store.folder.bells() == [alive] })
        withExtendedLifetime(listener) {}
    }

    @Test func aNameIsTakenOverFromADeadListener() async throws {
        let store = try files.open()
        let descriptor = socket(AF_UNIX, datagramSocketType, 0)
        #expect(withSocketAddress(store.folder.bell("a")) { bind(descriptor, $0, $1) } == 0)
        close(descriptor)
        let listener = try ChangeListener(folder: store.folder, name: "a")
        let ear = Ear(listener)
        try await Self.enqueue(store)
        #expect(try await eventually { ear.count > 0 })
    }

    @Test(arguments: [60, 150, 240])
    func longPathsWork(length: Int) async throws {
        let folder = files.directory.file(String(repeating: "x", count: length))
        let path = folder + "/jobs.db"
        let store = try SQLiteJobStore.open(path: path, mode: .create(makingFolder: true))
        let listener = try ChangeListener(folder: store.folder, name: "worker-12345678")
        let ear = Ear(listener)
        try await Self.enqueue(store)
        #expect(try await eventually { ear.count > 0 })
        #expect(store.folder.bell("worker-12345678").utf8.count > length)
    }

    @Test func aFolderWithoutRoomForSocketsIsAnError() throws {
        let store = try files.open()
        try FileManager.default.removeItem(atPath: store.folder.path)
        #expect(FileManager.default.createFile(atPath: store.folder.path, contents: Data()))
        let error = #expect(throws: StoreError.self) {
            _ = try ChangeListener(folder: store.folder, name: "a")
        }
        #expect(error?.code == .notPermitted)
    }

    // File locks.

    @Test func aLockIsHeldUntilItsValueIsGone() throws {
        let path = files.directory.file("x.lock")
        guard case .missing = FileLock.attempt(path, creates: false) else {
            Issue.record("a lock that is not there")
            return
        }
        guard case .acquired(let lock) = FileLock.attempt(path, creates: true) else {
            Issue.record("not acquired")
            return
        }
        for creates in [false, true] {
            guard case .heldByAnother = FileLock.attempt(path, creates: creates) else {
                Issue.record("acquired twice")
                return
            }
        }
        lock.remove()
        // A removed file protects nothing, and a new one is another lock.
        guard case .missing = FileLock.attempt(path, creates: false),
            case .acquired = FileLock.attempt(path, creates: true)
        else {
            Issue.record("a removed lock still counts")
            return
        }
        guard case .unreadable = FileLock.attempt(files.directory.path, creates: false) else {
            Issue.record("a folder was locked")
            return
        }
    }
}
