package import JSON
package import Jobs

/// An operation ready to be handed to Komodo.
package struct Submission: Sendable, Hashable {
    package let operation: JobOperation
    /// Resolved: its id is set.
    package let target: Target
    /// Komodo's parameters beyond the target.
    package let arguments: JSONObject
    /// Names this one submission, for an interface that takes such a name; sent twice it means the
    /// same submission.
    package let idempotencyKey: String?

    package init(
        operation: JobOperation, target: Target, arguments: JSONObject,
        idempotencyKey: String? = nil
    ) {
        self.operation = operation
        self.target = target
        self.arguments = arguments
        self.idempotencyKey = idempotencyKey
    }
}

/// What a submission came to.
package struct SubmissionResult: Sendable, Hashable {
    package let outcome: SubmissionOutcome
    /// The update as Komodo answered it, when it did.
    package let update: UpdateSummary?
    /// The HTTP status, when there was an answer.
    package let status: Int?
    /// The beginning of an answer that could not be used, for the record.
    package let evidence: String?
    /// What else Komodo told of the run, without secrets, in the documented spelling.
    package let facts: JSONObject

    package init(
        _ outcome: SubmissionOutcome, update: UpdateSummary? = nil, status: Int? = nil,
        evidence: String? = nil, facts: JSONObject = [:]
    ) {
        self.outcome = outcome
        self.update = update
        self.status = status
        self.evidence = evidence
        self.facts = facts
    }
}

/// What to look for when the answer to a submission was lost.
package struct EvidenceQuery: Sendable, Hashable {
    /// The update operations that the request can have produced.
    package let operations: [String]
    package let target: Target
    /// When the submission left, by Komodo's clock as well as it is known.
    package let sentAt: Timestamp?
    /// The newest run on the target before it.
    package let watermark: Timestamp?
    /// The sender's user id.
    package let operatorID: String
    /// Komodo's time: only updates that started at or after it count.
    package let startedAtOrAfter: Timestamp

    package init(
        operations: [String], target: Target, operatorID: String, startedAtOrAfter: Timestamp,
        sentAt: Timestamp? = nil, watermark: Timestamp? = nil
    ) {
        self.operations = operations
        self.sentAt = sentAt
        self.watermark = watermark
        self.target = target
        self.operatorID = operatorID
        self.startedAtOrAfter = startedAtOrAfter
    }
}

/// How a target is doing.
package struct HealthReport: Sendable, Hashable {
    /// Whether the target is as it should be, is on its way there, or will not get there.
    package enum State: Sendable, Hashable { case healthy, starting, unhealthy }

    package let state: State
    /// Komodo's words, for example `web: unhealthy`.
    package let detail: String

    package init(_ state: State, detail: String) {
        self.state = state
        self.detail = detail
    }
}
