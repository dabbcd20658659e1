import JobStore
import JobWorker
import Jobs
import KomodoClient
import Synchronization
import TestSupport
import Testing

/// A worker that runs beside a test.
final class WorkerUnderTest: Sendable {
    let record: WorkerRecord
    private let worker: JobWorker
    private let count: PassCount
    private let isOver = Mutex(false)
    private let outcome = Mutex<(any Error)?>(nil)
    private let mayFail: Bool

    /// What is particular about a worker.
    struct Plan: Sendable {
        var id = "worker"
        var kind = WorkerRecord.Kind.daemon
        var policy = WorkerPolicy(
            reconcileGrace: .milliseconds(700), quietTime: .milliseconds(800), pollScale: 0.05)
        var hooks = WorkerHooks()
        /// Stands in for the bench's client.
        var komodo: (any KomodoAPI)?
        /// Stands in for the bench's store.
        var store: (any JobStore)?
        /// Whether the worker may end with an error.
        var mayFail = false
    }

    private init(_ bench: Bench, _ plan: Plan) throws {
        record = .test(plan.id, plan.kind)
        mayFail = plan.mayFail
        guard
            case .acquired(let lock) = FileLock.attempt(
                bench.store.folder.workerLock(plan.id), creates: true)
        else {
            throw StoreError(.failed, "The lock of \(plan.id) is held.")
        }
        let passes = PassCount()
        var policy = plan.policy
        policy.limits = bench.plan.limits
        policy.requestTimeout = bench.plan.requestTimeout
        var hooks = plan.hooks
        hooks.passed = { passes.value.withLock { $0 += 1 } }
        let clock = bench.clock
        let context = WorkerContext(
            store: plan.store ?? bench.store, komodo: plan.komodo ?? bench.api,
            worker: record, policy: policy, clock: clock.store, redactor: Bench.redactor,
            hooks: hooks,
            logger: Bench.logger, sleep: { try await clock.sleep($0) })
        worker = JobWorker(
            context, lock: lock,
            listener: try ChangeListener(folder: bench.store.folder, name: "worker-" + plan.id),
            checkpoints: Checkpoints(bench.store, logger: Bench.logger))
        count = passes
    }

    private final class PassCount: Sendable {
        let value = Mutex(0)
    }

    /// Whether it has ended by itself or because it was told to.
    var hasEnded: Bool { isOver.withLock { $0 } }

    /// The error that it ended with.
    var failure: (any Error)? { outcome.withLock { $0 } }

    /// How often it has looked at everything.
    var passCount: Int { count.value.withLock { $0 } }

    /// Tells it to take no more jobs and to end.
    func stop() { worker.stop() }

    /// Waits until it has ended.
    func end() async throws {
        #expect(try await eventually(within: Bench.limit) { hasEnded })
    }

    /// Waits until it has looked at everything so many more times.
    func passes(_ more: Int) async throws {
        let goal = count.value.withLock { $0 } + more
        #expect(try await eventually(within: Bench.limit) { count.value.withLock { $0 } >= goal })
    }

    private func run() async {
        do {
            try await worker.run()
        } catch {
            outcome.withLock { $0 = error }
            if !mayFail { Issue.record("the worker ended with \(error)") }
        }
        isOver.withLock { $0 = true }
    }
}

extension Bench {
    /// Runs `body` beside a worker, which ends with it.
    @discardableResult
    func withWorker<Value: Sendable>(
        _ plan: WorkerUnderTest.Plan = WorkerUnderTest.Plan(),
        _ body: (WorkerUnderTest) async throws -> Value
    ) async throws -> Value {
        try await WorkerUnderTest.run(self, plan, body)
    }
}

extension WorkerUnderTest {
    /// Runs a worker on a bench beside `body`.
    static func run<Value: Sendable>(
        _ bench: Bench, _ plan: Plan, _ body: (WorkerUnderTest) async throws -> Value
    ) async throws -> Value {
        let worker = try WorkerUnderTest(bench, plan)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            return try await body(worker)
        }
    }
}

extension WorkerRecord {
    /// A worker of the tests.
    static func test(_ id: String, _ kind: Kind = .daemon) -> WorkerRecord {
        WorkerRecord(
            id: id, kind: kind, instance: Bench.instance, keyFingerprint: Bench.keyFingerprint,
            servesAllKeys: kind == .daemon, pid: 1, host: "test", version: "1",
            startedAt: Timestamp(milliseconds: 0))
    }
}
