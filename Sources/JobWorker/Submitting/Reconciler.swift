private import JSON
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
            do throws(KomodoError) {
                if !isReadable {
                    if let error = try await refusal(of: job.target) {
                        return try await conclude(.targetRefused(error), job, lease)
                    }
                    isReadable = true
                }
                let start = context.clock.sinceBoot()
                let candidates = try await candidates(job, intent)
                switch watch.saw(candidates, start: start) {
                case .undecided: break
                case .found(let update):
                    return try await conclude(.evidenceFound(.update(update)), job, lease)
                case .ambiguous(let updates):
                    return try await conclude(
                        .evidenceAmbiguous(candidates: updates), job, lease)
                case .absent:
                    // The key may have lost its right to read during the wait; then the lists were
                    // empty for that reason.
                    if let error = try await refusal(of: job.target) {
                        return try await conclude(.targetRefused(error), job, lease)
                    }
                    return try await conclude(.evidenceAbsent, job, lease)
                }
            } catch {
                watch.failed()
                context.logger.debug(
                    "No evidence yet",
                    metadata: [
                        LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)",
                    ])
            }
            try await context.sleep(pace.next(at: context.clock.sinceBoot()))
            guard try await context.store.holds(lease) else { return nil }
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
            return JobError(.authorizationError, "it may not read '\(target.name)'.")
        } catch {
            // The target was removed, so this will not change any more.
            guard error.code == .notFound else { throw error }
            return JobError(.notFound, "'\(target.name)' is gone.")
        }
    }

    private func candidates(
        _ job: JobRecord, _ intent: JobRecord.Intent
    ) async throws(KomodoError) -> [String] {
        // Our clock may have been set since the intent; the earlier bound loses nothing, because what
        // is older than the watermark or owned by a job is left out anyway.
        let offset = min(intent.clockOffset, try await context.komodo.identify().clockOffset)
        let found = try await context.komodo.evidence(
            Self.query(
                job, operatorID: intent.operatorID, sentAt: intent.sentAt, clockOffset: offset))
        let newer = found.filter { update in
            intent.watermark.map { update.startedAt > $0 } ?? true
        }
        return try await context.unowned(newer.compactMap(\.id), job)
    }

    /// What a submission at `sentAt` may have left behind.
    static func query(
        _ job: JobRecord, operatorID: String?, sentAt: Timestamp, clockOffset: Duration
    ) -> EvidenceQuery {
        EvidenceQuery(
            operations: job.operation.spec.updateOperations(job.arguments), target: job.target,
            operatorID: operatorID ?? "", startedAtOrAfter: sentAt + clockOffset - clockTolerance)
    }

    private func conclude(
        _ event: JobEvent, _ job: JobRecord, _ lease: Lease
    ) async throws(KomodoError) -> JobRecord? {
        let advance: Advance
        do {
            advance = try await context.persist(job) { () async throws(StoreError) in
                try await context.store.advance(lease, by: event, Findings())
            }
        } catch {
            throw KomodoError(.interrupted, "The evidence cannot be written down: \(error)")
        }
        switch advance {
        case .applied(let next):
            if next.state.isTerminal { context.logEnd(next) }
            return next.leaseOwner == nil ? nil : next
        case .noted, .ignored, .leaseLost: return nil
        }
    }
}

extension WorkerContext {
    /// Those updates that no job owns yet.
    func unowned(_ updates: [String], _ job: JobRecord) async throws(KomodoError) -> [String] {
        do {
            let owned = try await store.adopted(updates, instance: job.instance)
            return updates.filter { !owned.contains($0) }
        } catch {
            throw KomodoError(.unreachable, "The database cannot be read: \(error.message)")
        }
    }
}
