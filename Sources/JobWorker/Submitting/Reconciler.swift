internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging

/// Finds out whether a submission without an answer reached Komodo.
struct Reconciler: Sendable {
    let context: WorkerContext

    /// A proxy's clock, which dates the answers, may differ from Core's by this.
    private static let clockTolerance: Duration = .seconds(300)
    /// No wait for a sender is longer than this, whatever the clocks say.
    private static let quietMax: Duration = .seconds(120)
    /// After so long without a read that succeeds, others that wait have their turn.
    private static let failingMax: Duration = .seconds(60)

    /// Looks until it is known, or until nothing can be read for ``failingMax``; the job afterwards,
    /// nil when somebody else has it.
    func run(_ job: JobRecord) async throws -> JobRecord? {
        guard let lease = job.lease, let intent = job.intent else {
            preconditionFailure("a job that was sent has an owner and an intent")
        }
        await context.hooks.reached(.reconciling, job)
        var watch = EvidenceWatch(
            quietFrom: quietFrom(intent), grace: context.policy.reconcileGrace)
        let start = context.clock.sinceBoot()
        let pace = PollPace(startedAt: start, scale: context.policy.pollScale)
        let failingMax = (Self.failingMax * context.policy.pollScale).inMilliseconds
        var isReadable = false
        while true {
            if let event = try await look(job, intent, &watch, &isReadable) {
                return try await context.record(event, job, lease)
            }
            let lastRead = watch.lastRead ?? start
            guard context.clock.sinceBoot() - lastRead < failingMax else { return job }
            try await context.sleep(pace.next(at: context.clock.sinceBoot()))
            guard try await context.store.holds(lease) else { return nil }
        }
    }

    /// One look at Komodo; what it proves, if anything.
    private func look(
        _ job: JobRecord, _ intent: JobRecord.Intent, _ watch: inout EvidenceWatch,
        _ isReadable: inout Bool
    ) async throws -> JobEvent? {
        let start = context.clock.sinceBoot()
        do {
            if !isReadable {
                if let error = try await refusal(of: job.target) {
                    return watch.refused(start: start) ? .targetRefused(error) : nil
                }
                isReadable = true
            }
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
            return watch.refused(start: start) ? .targetRefused(error.jobError) : nil
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

    /// From when on nobody can be sending: the answer to the last byte is not waited for any more.
    private func quietFrom(_ intent: JobRecord.Intent) -> Int64 {
        let now = context.clock.sinceBoot()
        guard let leavesBy = intent.leavesBy, leavesBy.bootID == context.clock.bootID else {
            // The clock that it was noted by has ended, or it was never noted.
            let wait = context.policy.sendWindow + context.policy.requestTimeout
            return now + min(wait, Self.quietMax).inMilliseconds
        }
        let end = (leavesBy + intent.requestTimeout).milliseconds
        return min(max(end, now), now + Self.quietMax.inMilliseconds)
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
        let found = try await context.komodo.evidence(
            Self.query(job, intent, sentAt: job.doubtedSentAt ?? intent.sentAtThere))
        return found.filter { update in
            intent.watermark.map { update.startedAt > $0 } ?? true
        }.compactMap(\.id)
    }

    /// What submissions since `sentAt`, by Komodo's clock, may have left behind.
    private static func query(
        _ job: JobRecord, _ intent: JobRecord.Intent, sentAt: Timestamp
    ) -> EvidenceQuery {
        EvidenceQuery(
            operations: job.operation.spec.updateOperations(job.arguments), target: job.target,
            operatorID: intent.operatorID ?? "", startedAtOrAfter: sentAt - clockTolerance,
            sentAt: sentAt, watermark: intent.watermark)
    }
}

extension WorkerContext {
    /// Those updates that no job owns yet.
    func unowned(_ updates: [String], _ job: JobRecord) async throws(StoreError) -> [String] {
        let owned = try await store.adopted(updates, instance: job.instance)
        return updates.filter { !owned.contains($0) }
    }
}
