private import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
private import Redaction

/// Passes the wish to cancel a running job on to Komodo, where Komodo can do that.
struct Canceller: Sendable {
    let context: WorkerContext
    let follower: Follower

    /// How often a cancel is sent that Komodo does not answer.
    private static let unansweredMax = 5
    /// The longest time between seeing our run in progress and the cancel's first byte: a machine
    /// that slept in between must not cancel somebody else's run.
    private static let lookAgeMax: Duration = .seconds(5)

    /// What a try came to.
    private enum Try {
        case settled
        /// Nothing of it reached Komodo.
        case undelivered(String)
        /// Nobody knows whether Komodo got it.
        case unanswered(String)
        /// Nothing was tried: Komodo says that the operation is not in progress.
        case pointless
    }

    /// Asks Komodo to cancel the job, as often as need be; how the job ends is told by its own
    /// update, as always.
    func run(_ job: JobRecord) async throws {
        guard let lease = job.lease else { return }
        // The signed interface has no cancels.
        guard let operation = job.operation.spec.cancelledBy, let update = job.remote?.updateID,
            let run = job.run, context.komodo.dialect != .signed
        else {
            _ = try await context.store.recordCancelSent(lease, reason: "cancel_unsupported")
            return
        }
        var backoff = context.policy.jobBackoff
        var unanswered = 0
        repeat {
            switch try await attempt(operation, job, run, update, lease) {
            case .settled:
                follower.hasten(job.row)
                return
            case .undelivered(let reason): try await note("cancel_undelivered", reason, lease)
            case .unanswered(let reason):
                try await note("cancel_unanswered", reason, lease)
                unanswered += 1
                // Komodo may have got each of them; how the job ends is told by its update.
                guard unanswered < Self.unansweredMax else { return }
            case .pointless: follower.hasten(job.row)
            }
            try await context.sleep(backoff.next())
        } while try await isStillWanted(job, lease)
    }

    /// Whether the job still runs and is this worker's.
    private func isStillWanted(_ job: JobRecord, _ lease: Lease) async throws -> Bool {
        let current = try await context.store.job(row: job.row)
        return current?.lease == lease && current?.state.status == .running
    }

    private func note(_ reason: String, _ message: String, _ lease: Lease) async throws {
        try await context.store.note(reason, detail: detail(message), lease)
    }

    private func detail(_ message: String) -> String {
        let detail: JSONValue = ["message": .string(message)]
        return ValueMask(context.redactor, strips: false).value(detail).serialized()
    }

    private func attempt(
        _ operation: JobOperation, _ job: JobRecord, _ run: RemoteRun, _ update: String,
        _ lease: Lease
    ) async throws -> Try {
        // The token comes first: a wait for it must not lie between the look and the cancel.
        let permit = try await context.store.take(
            .submission, instance: job.instance, limits: context.policy.limits)
        guard permit == .granted else {
            return .undelivered("The rate budget has no token left.")
        }
        let lookedAt = context.clock.sinceBoot()
        do throws(KomodoError) {
            // A cancel hits whatever runs on the target, so ours must be running right now.
            let status = try await context.komodo.update(of: run, for: .submission)
                .summary.status
            guard status == .inProgress else { return .pointless }
        } catch {
            return .undelivered(error.message)
        }
        return try await send(operation, job, update, lease, lookedAt: lookedAt)
    }

    private func send(
        _ operation: JobOperation, _ job: JobRecord, _ update: String, _ lease: Lease,
        lookedAt: Int64
    ) async throws -> Try {
        var arguments = JSONObject()
        if operation == .cancelAction { arguments["update_id"] = .string(update) }
        let submission = Submission(
            operation: operation, target: job.target, arguments: arguments)
        let result = await context.komodo.submit(submission) { [context] in
            func isFresh() -> Bool {
                context.clock.sinceBoot() - lookedAt < Self.lookAgeMax.inMilliseconds
            }
            guard isFresh() else { return false }
            // Who cannot write that it leaves does not know that the lease holds.
            let isOurs =
                (try? await context.store.recordCancelSent(lease, reason: "cancel_sent")) ?? false
            return isOurs && isFresh()
        }
        switch result.outcome {
        case .accepted, .concluded:
            _ = try await context.record(.cancelDelivered, job, lease)
            return .settled
        case .rejected(let error):
            _ = try await context.store.recordCancelSent(
                lease, reason: "cancel_refused", detail: detail(error.message))
            return .settled
        case .ambiguous(let error): return .unanswered(error.message)
        case .undelivered(let error), .throttled(let error, _), .unauthorized(let error),
            .unavailable(let error), .busy(let error):
            try await context.store.takeBackCancelSent(lease)
            return .undelivered(error.message)
        case .withheld:
            try await context.store.takeBackCancelSent(lease)
            return .undelivered(
                "It was held back: the job could not be written to, or too much time had passed.")
        }
    }
}
