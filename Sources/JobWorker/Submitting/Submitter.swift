internal import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Logging
private import Redaction

/// Takes one claimed job to the point where Komodo has it, or to where it is clear that it has not.
struct Submitter: Sendable {
    let context: WorkerContext

    /// The job after the submission; nil when somebody else has it, or when it waits again.
    func run(_ claimed: JobRecord) async throws -> JobRecord? {
        guard let lease = claimed.lease else {
            preconditionFailure("a claimed job has an owner")
        }
        await context.hooks.reached(.claimed, claimed)
        let identity: KomodoIdentity
        do throws(KomodoError) {
            identity = try await context.komodo.identify()
        } catch {
            return try await give(claimed, lease, back: error)
        }
        guard let job = try await withTarget(claimed, lease) else { return nil }
        return try await send(job, lease, identity)
    }

    /// Looks the target up if that could not be done when the job was made.
    private func withTarget(_ job: JobRecord, _ lease: Lease) async throws -> JobRecord? {
        guard job.target.id == nil else { return job }
        let target: Target
        do throws(KomodoError) {
            target = try await context.komodo.resolve(
                job.target.type, job.target.name, for: .submission)
        } catch {
            let event: JobEvent =
                switch error.code {
                case .notFound, .forbidden: .targetRefused(error.jobError)
                case .budgetExhausted(let wait): .budgetExhausted(wait: wait)
                case .unauthorized: .submitted(.unauthorized(error.jobError))
                case .throttled(let wait): .submitted(.throttled(error.jobError, retryAfter: wait))
                case .unreachable, .timedOut, .malformed, .invalid, .unsupported, .serverFault,
                    .interrupted:
                    .targetUnresolved(error.jobError)
                }
            _ = try await context.record(event, job, lease)
            return nil
        }
        switch try await context.persist(
            job,
            { () async throws(StoreError) in
                try await context.store.assign(target, to: lease)
            })
        {
        case .noted(let job): return job
        case .applied, .leaseLost: return nil
        case .ignored(let job):
            throw StoreError(.conflict, "\(job.id) is \(job.state) and cannot be sent.")
        }
    }

    private func send(
        _ job: JobRecord, _ lease: Lease, _ identity: KomodoIdentity
    ) async throws -> JobRecord? {
        let submission = try await submission(for: job)
        let watermark: IntentRequest.Watermark
        switch try await look(at: job) {
        case .clear(let found): watermark = found
        case .blocked(let event): return try await context.record(event, job, lease)
        }
        guard let (sending, intendedAt) = try await intend(lease, identity, watermark) else {
            return nil
        }
        logStart(sending)
        await context.hooks.reached(.intentRecorded, sending)
        let result = await context.komodo.submit(submission) { [context] in
            await context.hooks.reached(.aboutToSend, sending)
            return await Self.mayStillSend(context, lease, intendedAt: intendedAt)
        }
        await context.hooks.reached(.answered, sending)
        let redactor = try await context.redactor(for: sending)
        let answered = try await context.record(
            .submitted(result.outcome.followed), sending, lease,
            Findings(detail: detail(of: result, redactor)))
        if let answered { await context.hooks.reached(.outcomeRecorded, answered) }
        return answered
    }

    /// Short, because a run that somebody else starts in this time is newer than the watermark.
    private static let tokenWaitMax: Duration = .seconds(5)

    /// Records the intent, and waits a little for its token: what the look at the target has cost
    /// is lost when the job is given back.
    ///
    /// - Returns: the job, and a moment before the intent was written; nil when it is not sent now.
    private func intend(
        _ lease: Lease, _ identity: KomodoIdentity, _ watermark: IntentRequest.Watermark
    ) async throws -> (job: JobRecord, at: Int64)? {
        var waited: Duration = .zero
        while true {
            // Taken before the write: a process that sleeps during it must not send.
            let intendedAt = context.clock.sinceBoot()
            let isPatient = waited < Self.tokenWaitMax
            let komodoTime = context.komodo.time().map {
                KomodoTime($0, sinceBoot: context.clock.sinceBoot())
            }
            let intent = IntentRequest(
                operatorID: identity.operatorID, komodoTime: komodoTime,
                sendWindow: context.policy.sendWindow,
                requestTimeout: context.policy.requestTimeout, limits: context.policy.limits,
                watermark: watermark, isPatient: isPatient)
            switch try await context.store.recordIntent(lease, intent) {
            case .recorded(let job): return (job, intendedAt)
            case .leaseLost: return nil
            case .throttled(let wait):
                guard isPatient else { return nil }
                let pause = min(max(wait, BudgetPermit.pauseMin), Self.tokenWaitMax - waited)
                try await context.sleep(pause)
                waited += pause
            }
        }
    }

    /// What a look at the target shows before anything is sent to it.
    private enum Look {
        case clear(IntentRequest.Watermark)
        /// Nothing can be sent now, and this is why.
        case blocked(JobEvent)
    }

    /// Sees how the target is before the operation, where Komodo's runs cannot be told apart
    /// otherwise, and whether an earlier request of the job has begun after all.
    private func look(at job: JobRecord) async throws -> Look {
        do {
            let reading = try await context.komodo.watermark(
                of: job.operation, job.arguments, on: job.target,
                mayHideRun: try await isLaneDoubtful(job))
            if case .busy(let error) = reading { return .blocked(.submitted(.busy(error))) }
            if let event = try await surfaced(job) { return .blocked(event) }
            switch reading {
            case .unneeded: return .clear(.noted)
            case .newest(let moment): return .clear(.read(moment))
            case .busy(let error): return .blocked(.submitted(.busy(error)))
            }
        } catch let error as KomodoError {
            return .blocked(Self.event(unread: error, job))
        }
    }

    /// Whether a job without an owner may have begun on the target, of which the runs from now on
    /// must be told.
    private func isLaneDoubtful(_ job: JobRecord) async throws(StoreError) -> Bool {
        guard let lane = job.lane else { return false }
        return try await context.store.isLaneDoubtful(lane)
    }

    /// What shows that an earlier request of the job, which counts as never started, has begun.
    private func surfaced(_ job: JobRecord) async throws -> JobEvent? {
        guard job.doubtedSentAt != nil, let intent = job.intent else { return nil }
        let updates = try await Reconciler(context: context).updates(for: job, intent)
        let candidates = try await context.unowned(updates, job)
        guard let first = candidates.first else { return nil }
        context.logger.notice(
            "A request that seemed lost has begun after all",
            metadata: [LogKey.jobID: "\(job.id)", LogKey.komodoUpdateID: "\(first)"])
        return candidates.count == 1
            ? .evidenceFound(.update(first)) : .evidenceAmbiguous(candidates: candidates)
    }

    /// What becomes of a job whose target could not be looked at because of `error`.
    private static func event(unread error: KomodoError, _ job: JobRecord) -> JobEvent {
        switch error.code {
        // The target is gone or closed to this key.
        case .notFound, .forbidden: .targetRefused(error.jobError)
        // The interface will never tell whether the earlier request has begun.
        case .unsupported where job.doubtedSentAt != nil: .targetRefused(error.jobError)
        // A read that is refused, perhaps by a proxy before a Komodo that restarts, says nothing
        // about the operation.
        case .invalid: .submitted(.undelivered(error.jobError))
        case .unsupported, .budgetExhausted, .unauthorized, .throttled, .unreachable, .timedOut,
            .malformed, .serverFault, .interrupted:
            event(unsent: error)
        }
    }

    /// The fence against a sender that was suspended: its time and its lease must still hold when
    /// the first byte is about to leave.
    private static func mayStillSend(
        _ context: WorkerContext, _ lease: Lease, intendedAt: Int64
    ) async -> Bool {
        let isInTime: () -> Bool = {
            let elapsed = context.clock.sinceBoot() - intendedAt
            return elapsed < context.policy.sendWindow.inMilliseconds
        }
        guard isInTime() else { return false }
        // Who cannot read the lease does not know that it holds. The time is looked at again after
        // the read, because the process may have slept in it.
        let holds = (try? await context.store.holds(lease)) ?? false
        return holds && isInTime()
    }

    private func submission(for job: JobRecord) async throws -> Submission {
        var arguments = job.arguments
        let secrets = try await context.store.secrets(of: job.row)
        for member in secrets.members { arguments[member.key] = member.value }
        return Submission(
            operation: job.operation, target: job.target, arguments: arguments,
            idempotencyKey: "\(job.id).\(job.attempt)")
    }

    /// Gives a job back that was not sent, because Komodo could not be asked who we are.
    private func give(
        _ job: JobRecord, _ lease: Lease, back error: KomodoError
    ) async throws -> JobRecord? {
        try await context.record(Self.event(unsent: error), job, lease)
    }

    /// What becomes of a job that was not sent because of `error`.
    private static func event(unsent error: KomodoError) -> JobEvent {
        switch error.code {
        case .budgetExhausted(let wait): .budgetExhausted(wait: wait)
        case .unauthorized: .submitted(.unauthorized(error.jobError))
        case .throttled(let wait): .submitted(.throttled(error.jobError, retryAfter: wait))
        case .invalid, .unsupported: .submitted(.rejected(error.jobError))
        case .notFound, .forbidden, .unreachable, .timedOut, .malformed, .serverFault,
            .interrupted:
            .submitted(.undelivered(error.jobError))
        }
    }

    private func detail(of result: SubmissionResult, _ redactor: Redactor) -> String? {
        var detail = JSONObject()
        if let status = result.status { detail["http_status"] = .int(status) }
        if !result.facts.isEmpty { detail["facts"] = .object(result.facts) }
        if let evidence = result.evidence {
            detail["evidence"] = .string(
                PlainText.singleLine(redactor.plain(evidence), max: 500))
        }
        return detail.isEmpty ? nil : JSONValue.object(detail).serialized()
    }

    private func logStart(_ job: JobRecord) {
        context.logger.info(
            "Operation starts",
            metadata: [
                LogKey.jobID: "\(job.id)", LogKey.jobOperation: "\(job.operation.rawValue)",
                LogKey.targetName: "\(job.target.name)",
                LogKey.jobParameters: "\(JSONValue.object(job.arguments).serialized())",
            ])
    }
}

extension SubmissionOutcome {
    /// An operation that is already over is followed like any other, so that its log is kept; one
    /// without an update has nothing more to show.
    fileprivate var followed: SubmissionOutcome {
        switch self {
        case .concluded(.update(let id), _): .accepted(.update(id))
        case .concluded(.state, _), .accepted, .undelivered, .rejected, .throttled, .unauthorized,
            .unavailable, .busy,
            .ambiguous, .withheld:
            self
        }
    }
}
