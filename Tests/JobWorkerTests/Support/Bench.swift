import Intake
import JSON
import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Logging
import Redaction
import TestSupport
import Testing

@testable import KomodoClient

/// A database, a simulated Komodo and a client of it: all that a worker needs.
struct Bench: Sendable {
    let store: SQLiteJobStore
    let simulator: KomodoSimulator
    let komodo: CoreKomodo
    /// The client of the signed interface, where the plan asks for it.
    let signed: SignedKomodo?
    let clock: WarpClock
    let plan: Plan
    private let directory: TemporaryDirectory

    static let keyFingerprint = "fingerprint"
    static let caller = NewJob.Caller(
        principal: "tester", clientName: "tests", clientVersion: "1")
    /// Longest wait for a condition; the machine may be slow.
    static let limit: Duration = .seconds(45)
    static let redactor = Redactor(secrets: ["correct-horse-battery"])

    /// What is particular about a bench.
    struct Plan: Sendable {
        var faults = FaultScript()
        var version = "2.3.2"
        var extraDeployments = 0
        var timeScale = 0.02
        /// How much faster than real time store, client and worker live.
        var speed: Int64 = 1
        var limits = TokenBucket.Limits(perMinute: 100_000, burst: 250_000)
        /// Of the client and the worker, in their time.
        var requestTimeout: Duration = .milliseconds(1_500)
        var retries = 3
        /// The interface that the worker speaks.
        var dialect = KomodoDialect.core
        var signedStyle = SignedStyle()
        /// Of the client: for how long nothing must be seen before that proves something.
        var evidenceGrace: Duration = .milliseconds(700)

        /// One in which slow operations last so long that a cancel reaches them on any machine.
        static var unhurried: Plan {
            var plan = Plan()
            plan.timeScale = 0.2
            return plan
        }
    }

    /// Runs `body` with a bench of its own.
    static func with<Value: Sendable>(
        _ plan: Plan = Plan(), _ body: @escaping @Sendable (Bench) async throws -> Value
    ) async throws -> Value {
        try await Turns.shared.take {
            var options = SimulatorOptions()
            options.timeScale = plan.timeScale
            options.faults = plan.faults
            options.version = plan.version
            options.extraDeployments = plan.extraDeployments
            options.api = plan.dialect == .core ? .core : .both
            options.signedStyle = plan.signedStyle
            return try await withKomodoSimulator(options) { simulator, address in
                let bench = try Bench(plan, simulator, address)
                do {
                    let value = try await body(bench)
                    await bench.shutdown()
                    try await bench.expectConsistency()
                    return value
                } catch {
                    await bench.shutdown()
                    throw error
                }
            }
        }
    }

    /// Runs `body` with a bench where these faults are in force.
    static func with<Value: Sendable>(
        rules: [FaultRule] = [], resources: [ResourceFault] = [],
        _ body: @escaping @Sendable (Bench) async throws -> Value
    ) async throws -> Value {
        var plan = Plan()
        plan.faults = FaultScript(rules: rules, resources: resources)
        return try await with(plan, body)
    }

    private init(
        _ plan: Plan, _ simulator: KomodoSimulator, _ address: SimulatorAddress
    ) throws {
        self.plan = plan
        self.simulator = simulator
        directory = try TemporaryDirectory()
        let clock = WarpClock(speed: plan.speed)
        self.clock = clock
        let retry = RetryPolicy(
            delay: .milliseconds(60), delayMax: .milliseconds(400), countMax: plan.retries)
        let store = try SQLiteJobStore.open(
            path: directory.file("jobs.db"), mode: .create(makingFolder: false),
            clock: clock.store, machine: JobStateMachine(retry: retry))
        self.store = store
        let limits = plan.limits
        let connection = KomodoConnection(
            url: address.url, apiKey: Secret(address.apiKey),
            apiSecret: Secret(address.apiSecret),
            requestTimeout: plan.requestTimeout, connectTimeout: .seconds(5),
            totalTimeout: .seconds(20), retry: retry, evidenceGrace: plan.evidenceGrace)
        let permit = BudgetPermit.waiting(
            store: store, instance: Self.instance, limits: limits,
            sleep: { try await clock.sleep($0) })
        let observer: KomodoObserver = { await Self.record($0, store, limits) }
        komodo = CoreKomodo(
            connection: connection, permit: permit, observer: observer, logger: Self.logger,
            userAgent: "tests", surroundings: clock.surroundings)
        signed =
            plan.dialect == .core
            ? nil
            : SignedKomodo(
                connection: connection, permit: permit, observer: observer, logger: Self.logger,
                userAgent: "tests", surroundings: clock.surroundings)
    }

    /// The client of the interface that the plan names.
    var api: any KomodoAPI { signed ?? komodo }

    private func shutdown() async {
        await komodo.shutdown()
        await signed?.shutdown()
    }

    static let instance = "http://komodo.example"
    static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    /// Shares what the client learns, as the program does.
    private static func record(
        _ signals: KomodoSignals, _ store: SQLiteJobStore, _ limits: TokenBucket.Limits
    ) async {
        do {
            if signals.rateRemaining != nil || signals.retryAfter != nil {
                try await store.obey(
                    remaining: signals.rateRemaining, wait: signals.retryAfter,
                    instance: instance, limits: limits)
            }
            guard signals.keyRefused || signals.keyAccepted else { return }
            let until = store.clock.now() + KomodoSignals.keyRefusedPause
            try await store.save(
                Credential(
                    instance: instance, keyFingerprint: keyFingerprint,
                    refusedUntil: signals.keyRefused ? until : nil))
        } catch {
            Issue.record("the store refused signals: \(error)")
        }
    }

    /// What no run may leave behind, whatever happened in it.
    private func expectConsistency() async throws {
        let report = try await store.report(isThorough: false)
        #expect(report.problems.isEmpty)
    }
}

extension Bench {
    /// How requests become jobs, with Komodo asked or not.
    func intake(asksKomodo: Bool = true) -> JobIntake {
        // A busy machine must not make targets count as unresolved.
        JobIntake(store: store, komodo: asksKomodo ? api : nil, redactor: Self.redactor) { _ in
            try await ContinuousClock().sleep(for: .seconds(20))
        }
    }

    /// A request as the tests make it.
    func request(
        _ operation: JobOperation, _ target: String, _ arguments: JSONObject = [:]
    ) -> NewJob {
        NewJob(
            operation: operation,
            target: Target(type: operation.spec.targetType, id: nil, name: target),
            arguments: arguments, instance: Self.instance, keyFingerprint: Self.keyFingerprint,
            caller: Self.caller, isNew: true)
    }

    /// Stores a job whose target is resolved.
    func enqueue(
        _ operation: JobOperation, _ target: String, _ arguments: JSONObject = [:],
        _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        var request = request(operation, target, arguments)
        change(&request)
        return try #require(try await intake().take(request).job)
    }

    /// The job as it is now.
    func current(_ job: JobRecord) async throws -> JobRecord {
        try #require(try await store.job(row: job.row))
    }

    /// Waits until the job is as wanted.
    func wait(
        for job: JobRecord, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation,
        _ isWanted: @Sendable (JobRecord) async throws -> Bool
    ) async throws -> JobRecord {
        let came = try await eventually(within: Self.limit) {
            try await isWanted(try await current(job))
        }
        let now = try await current(job)
        if !came {
            let history = try await history(job)
            Issue.record(
                """
                \(comment) \(job.operation.rawValue) \(job.target.name) is \(now.state), \
                error \(now.error?.message ?? "none"), after \(history)
                """, sourceLocation: sourceLocation)
        }
        return now
    }

    /// Waits until the job is in a state.
    func wait(
        for job: JobRecord, in state: JobState, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JobRecord {
        try await wait(for: job, "not \(state):", sourceLocation: sourceLocation) {
            $0.state == state
        }
    }

    /// Waits until the job has ended.
    func end(
        of job: JobRecord, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JobRecord {
        try await wait(for: job, "no end:", sourceLocation: sourceLocation) { $0.state.isTerminal }
    }

    /// Waits for the job's end and expects it to be `state`.
    @discardableResult
    func expect(
        _ job: JobRecord, endsAs state: JobState, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JobRecord {
        let ended = try await end(of: job, sourceLocation: sourceLocation)
        let history = try await history(job)
        #expect(
            ended.state == state,
            "\(comment) \(ended.error?.message ?? "no error") after \(history)",
            sourceLocation: sourceLocation)
        return ended
    }

    /// The words of the job's history.
    func history(_ job: JobRecord) async throws -> [String] {
        try await store.events(EventQuery(job.row)).events.map(\.reason)
    }

    /// How often Komodo accepted the operation of a job on its target.
    func submissions(_ job: JobRecord) -> Int {
        simulator.ledger.submissions(
            of: job.operation.spec.request, target: job.target.name
        ).count
    }
}
