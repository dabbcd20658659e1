package import JSON
package import Jobs

/// One job as it is stored.
package struct JobRecord: Sendable, Hashable {
    /// The row, in order of creation.
    package var row: Int64
    package var id: JobID
    package var state: JobState
    package var operation: JobOperation { id.operation }
    package var priority: Int

    package var instance: String
    package var keyFingerprint: String
    package var caller: NewJob.Caller

    package var target: Target
    /// What may be shown; secret values read `[redacted]`.
    package var arguments: JSONObject
    package var waitsForHealth: Bool
    /// Whether a run that failed in Komodo is repeated.
    package var retriesFailure = false
    package var idempotencyKey: String?
    package var retryOf: String?

    package var lane: String?
    package var holdsLane: Bool

    package var createdAt: Timestamp
    package var runAt: Timestamp
    package var startWithin: Duration
    package var deadline: Duration?
    package var wakeAt: Timestamp?
    package var expiresAt: Timestamp
    /// Since when the start window stands still, because the job waits for its lane or its key.
    package var pausedAt: Timestamp?
    package var deadlineAt: Timestamp?
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?

    package var attempt: Int
    package var failures: Int
    package var cancelRequestedAt: Timestamp?
    package var cancelSentAt: Timestamp?

    package var intent: Intent?
    package var ownerLostAt: Timestamp?
    /// When the first attempt left that counts as never started and may yet surface, by Komodo's
    /// clock; nil once a run has failed after it.
    package var doubtedSentAt: Timestamp?
    package var acceptedAt: Timestamp?
    package var remote: RemoteReference?
    package var leaseOwner: String?
    package var leaseNumber: Int64

    package var error: JobError?
    /// Update ids that could be this job's, when nobody can tell.
    package var candidates: [String]
    package var version: String?
    package var commitHash: String?
    /// How the operation ended after the job's deadline.
    package var lateOutcome: String?
    /// An update that surfaced after the job had been sent again.
    package var duplicateUpdate: String?
    /// When a client cancelled its view of the job, which shows no outcome from then on.
    package var outcomeHiddenAt: Timestamp?

    /// What was written down before the request left.
    package struct Intent: Sendable, Hashable {
        package var sentAt: Timestamp
        /// The newest update of the same operation and target seen before, in Komodo's time.
        package var watermark: Timestamp?
        package var operatorID: String?
        /// Komodo's clock minus ours, as both were then.
        package var clockOffset: Duration
        /// From when on the request's body can leave no more; nil in jobs of older versions.
        ///
        /// Once Komodo has accepted it, when the answer came.
        package var leavesBy: BootMoment?
        /// How long the sender waits for the answer once the body has left.
        package var requestTimeout: Duration

        /// When it was sent, by Komodo's clock.
        package var sentAtThere: Timestamp { sentAt + clockOffset }

        /// Notes that the sender can send no more.
        mutating func fallSilent(at moment: BootMoment) {
            guard let leavesBy, leavesBy.bootID == moment.bootID else { return }
            self.leavesBy?.milliseconds = min(leavesBy.milliseconds, moment.milliseconds)
        }

        /// Notes that the answer has come, however late.
        mutating func beAnswered(at moment: BootMoment) {
            if leavesBy != nil { leavesBy = moment }
        }
    }

    /// The facts that decisions depend on, but for ``JobFacts/failedRuns``, which the history tells.
    package var facts: JobFacts {
        JobFacts(
            state: state, operation: operation, attempt: attempt, failures: failures,
            isCancelRequested: cancelRequestedAt != nil, waitsForHealth: waitsForHealth,
            retriesFailure: retriesFailure, isDoubted: doubtedSentAt != nil, remote: remote,
            holdsLane: holdsLane)
    }

    /// The names of arguments whose values must not be read back.
    package var hiddenArguments: [String] {
        arguments.members.filter { $0.value == .string(redactedArgument) }.map(\.key)
    }

    /// The lease that its owner has.
    package var lease: Lease? {
        leaseOwner.map { Lease(job: row, worker: $0, number: leaseNumber) }
    }
}
