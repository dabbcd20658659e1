private import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient

/// Passes the wish to cancel a running job on to Komodo, where Komodo can do that.
struct Canceller: Sendable {
    let context: WorkerContext

    private static let triesMax = 5
    private static let wait: Duration = .seconds(2)

    /// What a try came to.
    private enum Try { case settled, failed }

    /// Asks Komodo to cancel the job; how the job ends is told by its own update, as always.
    func run(_ job: JobRecord) async throws {
        guard let lease = job.lease else { return }
        guard let operation = job.operation.spec.cancelledBy, let update = job.remote?.updateID
        else {
            _ = try await context.store.recordCancelSent(lease, reason: "cancel_unsupported")
            return
        }
        for _ in 0..<Self.triesMax {
            if try await attempt(operation, job, update, lease) == .settled { return }
            try await context.sleep(Self.wait * context.policy.pollScale)
            guard try await context.store.holds(lease) else { return }
        }
        try await context.store.note("cancel_undelivered", detail: nil, lease)
    }

    private func attempt(
        _ operation: JobOperation, _ job: JobRecord, _ update: String, _ lease: Lease
    ) async throws -> Try {
        // The token comes first: a wait for it must not lie between the look and the cancel.
        let permit = try await context.store.take(
            .submission, instance: job.instance, limits: context.policy.limits)
        // A cancel hits whatever runs on the target, so ours must be running right now.
        guard permit == .granted, await isRunning(update) else { return .failed }
        guard try await context.store.recordCancelSent(lease, reason: "cancel_sent") else {
            return .settled
        }
        return try await send(operation, job, update, lease)
    }

    /// Whether Komodo says that the update is in progress; what cannot be read may be over.
    private func isRunning(_ update: String) async -> Bool {
        do throws(KomodoError) {
            let summary = try await context.komodo.update(update, for: .submission).summary
            return summary.status != .complete
        } catch {
            return false
        }
    }

    private func send(
        _ operation: JobOperation, _ job: JobRecord, _ update: String, _ lease: Lease
    ) async throws -> Try {
        var arguments = JSONObject()
        if operation == .cancelAction { arguments["update_id"] = .string(update) }
        let submission = Submission(
            operation: operation, target: job.target, arguments: arguments)
        let result = await context.komodo.submit(submission) { [context] in
            // Who cannot read the lease does not know that it holds.
            (try? await context.store.holds(lease)) ?? false
        }
        switch result.outcome {
        case .accepted, .concluded:
            _ = try await context.store.advance(lease, by: .cancelDelivered, Findings())
            return .settled
        case .rejected(let error):
            let detail: JSONValue = ["message": .string(error.message)]
            try await context.store.note("cancel_refused", detail: detail.serialized(), lease)
            return .settled
        case .withheld: return .settled
        case .undelivered, .throttled, .unauthorized, .unavailable, .busy, .ambiguous:
            return .failed
        }
    }
}
