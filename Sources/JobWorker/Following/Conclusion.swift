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
        guard let id = job.remote?.updateID else { return .later }
        let update: Update
        do throws(KomodoError) {
            update = try await context.komodo.update(id, for: .poll)
        } catch {
            switch error.code {
            case .notFound:
                let gone = JobError(.executionError, Self.goneMessage)
                return try await advance(job, .concluded(.interrupted(gone)), Findings())
            case .forbidden:
                return try await concludeUnreadable(job, error.jobError)
            case .throttled, .budgetExhausted, .unreachable, .malformed, .invalid, .serverFault,
                .unauthorized, .interrupted:
                return .later
            }
        }
        guard update.summary.status == .complete else { return .later }
        try await lookForDuplicate(of: job)
        let scribe = LogScribe(redactor: context.redactor)
        let findings = Findings(
            detail: detail(of: update), version: update.version, commitHash: update.commitHash,
            logs: scribe.entries(update.logs, attempt: job.attempt))
        return try await advance(
            job, .concluded(update.outcome(redactor: context.redactor)), findings)
    }

    /// Stores what a running operation has logged so far.
    func saveLogsSoFar(of job: JobRecord) async throws {
        guard let id = job.remote?.updateID, let lease = job.lease else { return }
        let update: Update
        do throws(KomodoError) {
            update = try await context.komodo.update(id, for: .poll)
        } catch {
            // The log comes with the next round, or whole at the end.
            return
        }
        let scribe = LogScribe(redactor: context.redactor)
        try await context.store.save(scribe.entries(update.logs, attempt: job.attempt), lease)
    }

    private func advance(
        _ job: JobRecord, _ event: JobEvent, _ findings: Findings
    ) async throws -> Result {
        guard let lease = job.lease else { return .lost }
        let advance = try await context.persist(job) { () async throws(StoreError) in
            try await context.store.advance(lease, by: event, findings)
        }
        switch advance {
        case .applied(let next):
            if next.state.isTerminal { context.logEnd(next) }
            return .over(next)
        case .noted(let next), .ignored(let next): return .over(next)
        case .leaseLost: return .lost
        }
    }

    private func detail(of update: Update) -> String? {
        guard let ended = update.endedAt else { return nil }
        let duration = (ended - update.summary.startedAt).inMilliseconds
        return JSONValue.object(["remote_duration_ms": .int(duration)]).serialized()
    }

    /// A job that was sent again because its first submission seemed never to have started: looks
    /// once more, for the promise is worth a request.
    private func lookForDuplicate(of job: JobRecord) async throws {
        guard let doubted = job.doubtedSentAt, let operatorID = job.intent?.operatorID else {
            return
        }
        do throws(KomodoError) {
            let query = Reconciler.query(
                job, operatorID: operatorID, sentAt: doubted,
                clockOffset: job.intent?.clockOffset ?? .zero)
            let found = try await context.komodo.evidence(query).filter { update in
                job.intent?.watermark.map { update.startedAt > $0 } ?? true
            }
            guard let extra = try await context.unowned(found.compactMap(\.id), job).first else {
                return
            }
            try await record(duplicate: extra, of: job)
        } catch {
            context.logger.warning(
                "Cannot look for a duplicate",
                metadata: [LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)"])
        }
    }

    private func record(duplicate: String, of job: JobRecord) async throws(KomodoError) {
        do {
            try await context.store.recordDuplicate(duplicate, of: job.row)
            context.logger.error(
                "An update surfaced after its job had been sent again",
                metadata: [LogKey.jobID: "\(job.id)", LogKey.komodoUpdateID: "\(duplicate)"])
        } catch {
            throw KomodoError(.unreachable, error.message)
        }
    }
}

extension Conclusion {
    /// The oldest update that a deploy-if-changed seems to have started.
    func updateStarted(by job: JobRecord) async throws(KomodoError) -> String? {
        guard let intent = job.intent else { return nil }
        let query = EvidenceQuery(
            operations: job.operation.spec.updateOperations(job.arguments), target: job.target,
            operatorID: intent.operatorID ?? "",
            startedAtOrAfter: intent.sentAt + intent.clockOffset - Self.stateTolerance)
        let found = try await context.komodo.evidence(query)
            .filter { update in intent.watermark.map { update.startedAt > $0 } ?? true }
            .sorted { $0.startedAt < $1.startedAt }
        return try await context.unowned(found.compactMap(\.id), job).first
    }

    /// Dates in HTTP headers are whole seconds, so the offset may be off by one, and the trip too.
    private static let stateTolerance: Duration = .seconds(3)

    func follow(
        _ update: String, _ job: JobRecord, _ lease: Lease
    ) async throws(KomodoError) -> Bool {
        do {
            return try await context.store.follow(update, lease)
        } catch {
            throw KomodoError(.unreachable, error.message)
        }
    }

    func reload(_ job: JobRecord) async -> JobRecord? {
        // Who cannot read it goes on with what it knows; the next round reads again.
        try? await context.store.job(row: job.row)
    }

    /// The target or the update may not be read, or the target is gone.
    func concludeUnreadable(_ job: JobRecord, _ error: JobError) async throws -> Result {
        try await advance(job, .becameUnreadable(error), Findings())
    }

    /// Nothing appeared and nothing runs: Komodo found nothing to change.
    func concludeUnchanged(_ job: JobRecord, _ lease: Lease) async throws -> Result {
        let detail: JSONValue = ["outcome": "no change detected (unconfirmed)"]
        return try await advance(
            job, .concluded(.succeeded), Findings(detail: detail.serialized()))
    }
}
