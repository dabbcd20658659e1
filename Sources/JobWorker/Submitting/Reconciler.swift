internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging

/// Finds out whether a submission without an answer reached Komodo.
struct Reconciler: Sendable {
    let context: WorkerContext

    /// Core's clock and ours agree at best to this.
    static let clockTolerance: Duration = .seconds(300)
    /// No wait for a sender is longer than this, whatever the clocks say.
    private static let quietMax: Duration = .seconds(120)

    /// Looks until it is known; the job afterwards, nil when somebody else has it.
    func run(_ job: JobRecord) async throws -> JobRecord? {
        guard let lease = job.lease, let intent = job.intent else {
            preconditionFailure("a job that was sent has an owner and an intent")
        }
        await context.hooks.reached(.reconciling, job)
        var watch = EvidenceWatch(quietFrom: quietFrom(job), grace: context.policy.reconcileGrace)
        let pace = PollPace(startedAt: context.clock.sinceBoot(), scale: context.policy.pollScale)
        var isReadable = false
        while true {
            if let event = try await look(job, intent, &watch, &isReadable) {
                return try await context.record(event, job, lease)
            }
            try await context.sleep(pace.next(at: context.clock.sinceBoot()))
            guard try await context.store.holds(lease) else { return nil }
        }
    }

    /// One look at Komodo; what it proves, if anything.
    private func look(
        _ job: JobRecord, _ intent: JobRecord.Intent, _ watch: inout EvidenceWatch,
        _ isReadable: inout Bool
    ) async throws -> JobEvent? {
        do {
            if !isReadable {
                if let error = try await refusal(of: job.target) { return .targetRefused(error) }
                isReadable = true
            }
            let start = context.clock.sinceBoot()
            let updates = try await updates(for: job, intent)
            switch watch.saw(try await context.unowned(updates, job), start: start) {
            case .undecided: return nil
            case .found(let update): return .evidenceFound(.update(update))
            case .ambiguous(let updates): return .evidenceAmbiguous(candidates: updates)
            case .absent:
                // The key may have lost its right to read during the wait; then the lists were
                // empty for that reason.
                if let error = try await refusal(of: job.target) { return .targetRefused(error) }
                return .evidenceAbsent
            }
        } catch let error as KomodoError where error.code == .unsupported {
            // It keeps no record that could tell, and never will.
            return .targetRefused(error.jobError)
        } catch let error as KomodoError {
            watch.failed()
            context.logger.debug(
                "No evidence yet",
                metadata: [
                    LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)",
                ])
            return nil
        }
    }

    /// From when on nobody can be sending: the request's deadline, or the owner's death if later.
    private func quietFrom(_ job: JobRecord) -> Int64 {
        let now = context.clock.now()
        let moments = [job.intent?.requestDeadlineAt, job.ownerLostAt].compactMap { $0 }
        let wait = moments.max().map { $0 - now } ?? .zero
        return context.clock.sinceBoot() + min(max(wait, .zero), Self.quietMax).inMilliseconds
    }

    /// Why a missing update would prove nothing.
    private func refusal(of target: Target) async throws(KomodoError) -> JobError? {
        do throws(KomodoError) {
            guard try await !context.komodo.canRead(target) else { return nil }
            return JobError(.authorizationError, "this key may not read '\(target.name)'.")
        } catch {
            // The target was removed, so this will not change any more.
            guard error.code == .notFound else { throw error }
            return JobError(.notFound, "'\(target.name)' is gone.")
        }
    }

    /// The updates that the submission, and those of the job that count as never started, may have
    /// left behind.
    func updates(
        for job: JobRecord, _ intent: JobRecord.Intent
    ) async throws(KomodoError) -> [String] {
        // Our clock may have been set since the intent; the earlier bound loses nothing, because what
        // is older than the watermark or owned by a job is left out anyway.
        let offset = min(intent.clockOffset, try await context.komodo.identify().clockOffset)
        let found = try await context.komodo.evidence(
            Self.query(
                job, operatorID: intent.operatorID, sentAt: job.doubtedSentAt ?? intent.sentAt,
                clockOffset: offset,
                watermark: intent.watermark))
        return found.filter { update in
            intent.watermark.map { update.startedAt > $0 } ?? true
        }.compactMap(\.id)
    }

    /// What a submission at `sentAt` may have left behind.
    static func query(
        _ job: JobRecord, operatorID: String?, sentAt: Timestamp, clockOffset: Duration,
        watermark: Timestamp?
    ) -> EvidenceQuery {
        EvidenceQuery(
            operations: job.operation.spec.updateOperations(job.arguments), target: job.target,
            operatorID: operatorID ?? "", startedAtOrAfter: sentAt + clockOffset - clockTolerance,
            sentAt: sentAt + clockOffset, watermark: watermark)
    }
}

extension WorkerContext {
    /// Those updates that no job owns yet.
    func unowned(_ updates: [String], _ job: JobRecord) async throws(StoreError) -> [String] {
        let owned = try await store.adopted(updates, instance: job.instance)
        return updates.filter { !owned.contains($0) }
    }
}
