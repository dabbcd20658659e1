private import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging

/// Reads how an operation ended and writes it down.
struct Conclusion: Sendable {
    let context: WorkerContext

    /// What came of it.
    enum Result: Sendable {
        /// Komodo could not tell; ask again.
        case later
        /// Another worker has the job.
        case lost
        case over(JobRecord)
    }

    private static let goneMessage =
        "Komodo no longer has the record of this run, so nobody knows how it ended."

    /// Reads the update with its log and advances the job.
    func conclude(_ job: JobRecord) async throws -> Result {
        guard let run = job.run else { return .later }
        let update: Update
        do throws(KomodoError) {
            update = try await context.komodo.update(of: run, for: .poll)
        } catch {
            switch error.code {
            case .notFound:
                let gone = JobError(.executionError, Self.goneMessage)
                return try await advance(job, .concluded(.interrupted(gone)), Findings())
            case .forbidden:
                return try await concludeUnreadable(job, error.jobError)
            case .throttled, .budgetExhausted, .unreachable, .timedOut, .malformed, .invalid,
                .unsupported, .serverFault, .unauthorized, .interrupted:
                return .later
            }
        }
        guard update.summary.status == .complete else { return .later }
        try await lookForDuplicate(of: job, besides: update)
        let redactor = try await context.redactor(for: job)
        let scribe = LogScribe(redactor: redactor)
        let findings = Findings(
            detail: detail(of: update), version: update.version, commitHash: update.commitHash,
            logs: scribe.entries(update.logs, attempt: job.attempt))
        return try await advance(
            job, .concluded(update.outcome(redactor: redactor)), findings)
    }

    /// Stores what a running operation has logged so far.
    func saveLogsSoFar(of job: JobRecord) async throws {
        guard let run = job.run, let lease = job.lease else { return }
        let update: Update
        do throws(KomodoError) {
            update = try await context.komodo.update(of: run, for: .poll)
        } catch {
            // The log comes with the next round, or whole at the end.
            return
        }
        let scribe = LogScribe(redactor: try await context.redactor(for: job))
        try await context.store.save(scribe.entries(update.logs, attempt: job.attempt), lease)
    }

    private func advance(
        _ job: JobRecord, _ event: JobEvent, _ findings: Findings
    ) async throws -> Result {
        guard let lease = job.lease else { return .lost }
        switch try await context.advance(job, lease, by: event, findings) {
        case .applied(let next), .noted(let next), .ignored(let next): return .over(next)
        case .leaseLost: return .lost
        }
    }

    private func detail(of update: Update) -> String? {
        var detail = JSONObject()
        if !update.facts.isEmpty { detail["facts"] = .object(update.facts) }
        if let ended = update.endedAt {
            let duration = (ended - update.summary.startedAt).inMilliseconds
            detail["remote_duration_ms"] = .int(duration)
        }
        return detail.isEmpty ? nil : JSONValue.object(detail).serialized()
    }

    /// A job that was sent again because its first submission seemed never to have started: looks
    /// once more, for the promise is worth a request.
    private func lookForDuplicate(of job: JobRecord, besides update: Update) async throws {
        guard job.doubtedSentAt != nil, let intent = job.intent, intent.operatorID != nil
        else { return }
        let found: [String]
        do throws(KomodoError) {
            found = try await Reconciler(context: context).updates(for: job, intent)
        } catch {
            context.logger.warning(
                "Cannot look for a duplicate",
                metadata: [LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)"])
            guard let lease = job.lease else { return }
            let detail: JSONValue = ["message": .string(error.message)]
            try await context.store.note(
                "duplicate_unchecked", detail: detail.serialized(), lease)
            return
        }
        let others = found.filter { $0 != update.summary.id }
        guard let extra = try await context.unowned(others, job).first else { return }
        try await context.store.recordDuplicate(extra, of: job.row)
        context.logger.error(
            "An update surfaced after its job had been sent again",
            metadata: [LogKey.jobID: "\(job.id)", LogKey.komodoUpdateID: "\(extra)"])
    }
}

extension Conclusion {
    /// Looks for the update that a deploy-if-changed may have started, and follows it from then on.
    func search(_ known: JobRecord) async throws -> Result {
        // An earlier search may have found it.
        guard let job = try await context.store.job(row: known.row), job.lease == known.lease,
            let lease = job.lease
        else { return .lost }
        guard job.remote == .state else { return .over(job) }
        if let found = try await updateStarted(by: job) {
            guard try await context.store.follow(found, lease),
                let next = try await context.store.job(row: job.row)
            else { return .later }
            return .over(next)
        }
        guard let silence = silence(of: job), silence >= context.policy.quietTime,
            try await !context.komodo.isBusy(job.target)
        else { return .later }
        // Nothing appeared and nothing runs: Komodo found nothing to change.
        let detail: JSONValue = ["outcome": "no change detected (unconfirmed)"]
        return try await advance(
            job, .concluded(.succeeded), Findings(detail: detail.serialized()))
    }

    /// For how long the request has been over, whatever the wall clock was set to.
    private func silence(of job: JobRecord) -> Duration? {
        guard let accepted = job.acceptedAt, let intent = job.intent else { return nil }
        // Noted by an older version.
        guard let leavesBy = intent.leavesBy else { return context.clock.now() - accepted }
        let now = context.clock.moment()
        // What left before the machine started is as old as that.
        let end = leavesBy.bootID == now.bootID ? leavesBy.milliseconds : 0
        return .milliseconds(now.milliseconds - end)
    }

    /// Dates in HTTP headers are whole seconds, so the offset may be off by one, and the trip too.
    private static let stateTolerance: Duration = .seconds(3)

    /// The oldest update that a deploy-if-changed seems to have started.
    private func updateStarted(by job: JobRecord) async throws -> String? {
        guard let intent = job.intent else { return nil }
        let query = EvidenceQuery(
            operations: job.operation.spec.updateOperations(job.arguments), target: job.target,
            operatorID: intent.operatorID ?? "",
            startedAtOrAfter: intent.sentAtThere - Self.stateTolerance)
        let found = try await context.komodo.evidence(query)
            .filter { update in intent.watermark.map { update.startedAt > $0 } ?? true }
            .sorted { $0.startedAt < $1.startedAt }
        return try await context.unowned(found.compactMap(\.id), job).first
    }

    /// The target or the update may not be read, or the target is gone.
    func concludeUnreadable(_ job: JobRecord, _ error: JobError) async throws -> Result {
        try await advance(job, .becameUnreadable(error), Findings())
    }
}
