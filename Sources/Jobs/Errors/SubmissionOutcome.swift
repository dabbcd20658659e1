/// What is known after an attempt to hand an operation to Komodo.
package enum SubmissionOutcome: Sendable, Hashable {
    case accepted(RemoteReference)
    /// It was accepted and has already ended.
    case concluded(RemoteReference, RemoteOutcome)
    /// The connection failed before Komodo could have read the request.
    case undelivered(JobError)
    /// Komodo refused it for good; nothing ran.
    case rejected(JobError)
    /// Komodo or a proxy asks for patience; nothing ran.
    case throttled(JobError, retryAfter: Duration?)
    /// The key was refused; nothing ran and nothing else should be tried with it.
    case unauthorized(JobError)
    /// Komodo could not check the key for now; nothing ran.
    case unavailable(JobError)
    /// The target is busy; nothing ran.
    case busy(JobError)
    /// Nobody knows whether Komodo got it.
    case ambiguous(JobError)
    /// The sender gave up before the first byte: its time or its lease had run out.
    case withheld
}

/// How an accepted operation is found again in Komodo.
package enum RemoteReference: Sendable, Hashable {
    /// By the id of its update.
    case update(String)
    /// By what happens to its target; Komodo gave no id.
    case state

    /// The id of the update, if there is one.
    package var updateID: String? {
        switch self {
        case .update(let id): id
        case .state: nil
        }
    }
}
