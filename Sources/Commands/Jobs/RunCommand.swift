internal import ArgumentParser
private import Bootstrap
private import Intake
private import JSON
private import JobStore
private import Jobs
private import KomodoClient
private import Logging

/// `komodo-jobs run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an operation as a durable job.",
        discussion: """
            The job is on disk before this command answers. An equal request within 2 minutes joins \
            the unfinished job instead of running it twice; --new makes another.

            Operations: \(JobOperation.allCases.map(\.rawValue).joined(separator: " "))
            Komodo's own names do too, for example run-build for build.

            Examples:
              komodo-jobs run deploy my-app --wait
              komodo-jobs run trigger-action backup --arg args='{"full":true}'
              komodo-jobs run restart-deployment web --at 10m
            """)

    @Argument(help: "What to run, for example deploy.")
    var operation: String

    @Argument(help: "The name or id of what it acts on.")
    var target: String

    @Option(
        name: .customLong("arg"), parsing: .singleValue,
        help: ArgumentHelp("An argument of the operation.", valueName: "name=value"))
    var arguments: [String] = []

    @Flag(help: "Wait for the end; the exit code tells how it ended.")
    var wait = false

    @Option(help: "Wait at most so long, for example 90s or 5m; the job goes on.")
    var timeout: DurationArgument?

    @Option(
        help: """
            Stop following the accepted operation after this time, for example 30m, and count it as \
            failed.
            """)
    var deadline: DurationArgument?

    @Flag(help: "After success, wait until the target is healthy.")
    var waitForHealthy = false

    @Option(help: "Repeating a call with the same key returns the same job.")
    var idempotencyKey: String?

    @Option(help: "Not before this time: RFC 3339, or a duration from now such as 10m.")
    var at: MomentArgument?

    @Option(help: "Give up when it could not be sent within this time, for example 30m.")
    var startWithin: DurationArgument?

    @Option(parsing: .unconditional, help: "Higher goes first; it may be negative.")
    var priority = 0

    @Flag(help: "Make another job even if an equal one is under way.")
    var new = false

    @Option(help: "What to do when the target is busy: wait or fail.")
    var onBusy: String = "wait"

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var yes = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let operation = try OperationArgument.find(operation)
        guard let onBusy = NewJob.OnBusy(rawValue: onBusy) else {
            throw CommandError(.usage, "--on-busy is '\(onBusy)'; write wait or fail.")
        }
        // No name in Komodo begins or ends with a space, but what is pasted does.
        let target = String(
            self.target.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
                .reversed())
        guard !target.isEmpty else { throw CommandError(.usage, "The target is empty.") }
        let session = try Session(common.arguments, komodo.arguments)
        let parsed = try WrittenArguments(
            arguments, for: operation, interface: session.dialect)
        let access = try session.settings.requireKomodo()
        guard wait || session.settings.worker != .embedded else {
            throw CommandError(
                .usage, "--worker embedded works inside this command, so it needs --wait.")
        }
        try Confirmation.ask(operation, target, isGiven: yes)
        let store = try session.openOrCreate()
        let now = store.clock.now()
        let startWithin = startWithin?.duration ?? session.settings.startWithin
        let runAt = at?.after(now)
        if let runAt, runAt + startWithin <= now {
            throw CommandError(
                .usage,
                "--at is \(TimeText.ago(runAt, now: now)), further back than the start window of "
                    + "\(TimeText.short(startWithin)); the job would expire unsent.")
        }
        let request = NewJob(
            operation: operation,
            target: Target(type: operation.spec.targetType, id: nil, name: target),
            arguments: [:], instance: access.instance,
            keyFingerprint: access.keyFingerprint, caller: session.caller(),
            idempotencyKey: idempotencyKey, priority: priority, runAt: runAt,
            startWithin: startWithin, deadline: deadline?.duration, waitsForHealth: waitForHealthy,
            onBusy: onBusy,
            isNew: new)
        let result = try await take(request, parsed, session, access, store)
        try await answer(result, session, access, store)
    }

    private func take(
        _ request: NewJob, _ arguments: WrittenArguments, _ session: Session,
        _ access: KomodoAccess, _ store: SQLiteJobStore
    ) async throws -> EnqueueResult {
        let client = try await session.komodo(access, store: store)
        let intake = JobIntake(
            store: store, komodo: client, redactor: session.settings.redactor)
        do {
            let result = try await intake.take(request, reading: arguments)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func answer(
        _ result: EnqueueResult, _ session: Session, _ access: KomodoAccess,
        _ store: SQLiteJobStore
    ) async throws {
        guard let job = result.job else {
            preconditionFailure("a refused request was thrown")
        }
        let printer = Printer(output)
        let note = Self.note(result)
        let extra: [(String, JSONValue)] = note == nil ? [] : [("deduplicated", true)]
        guard wait else {
            printer.print(job, extra: extra, text: RunText.stored(job, note: note))
            return try await OnDemandWorker.ensure(session, store)
        }
        if printer.isForPeople, let note {
            Terminal.writeError(note)
        }
        let end = try await end(of: job, session, access, store)
        let current = try await store.job(row: job.row) ?? job
        printer.print(
            end ?? current, extra: extra,
            text: RunText.ended(end ?? current, timedOut: end == nil, style: printer.style))
        let status = (end ?? current).exitStatus
        if status != .success { throw ExitCode(status.rawValue) }
    }

    private func end(
        of job: JobRecord, _ session: Session, _ access: KomodoAccess, _ store: SQLiteJobStore
    ) async throws -> JobRecord? {
        let limit = timeout?.duration
        let waiter = JobWaiter(store)
        guard session.settings.worker == .embedded else {
            try await OnDemandWorker.ensure(session, store)
            return try await waiter.end(of: job, atMost: limit)
        }
        let runtime = WorkerRuntime(
            session: session, store: store, access: access, kind: .embedded, signals: [])
        return try await withThrowingTaskGroup(of: JobRecord?.self) { group in
            group.addTask {
                try await runtime.run()
                return nil
            }
            defer { group.cancelAll() }
            return try await waiter.end(of: job, atMost: limit)
        }
    }

    private static func note(_ result: EnqueueResult) -> String? {
        switch result {
        case .created, .refused: nil
        case .joined(let job): "An equal job is under way; joined \(job.id)."
        case .repeated(let job): "The idempotency key made this job before: \(job.id)."
        }
    }
}
