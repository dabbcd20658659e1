/// How an operation ended in Komodo, as far as its update tells.
package enum RemoteOutcome: Sendable, Hashable {
    case succeeded
    case failed(JobError)
    /// The target was busy; nothing ran.
    case busy(JobError)
    /// The target's server could not be reached; nothing ran.
    case notStarted(JobError)
    /// Somebody cancelled it.
    case cancelled(JobError)
    /// Komodo or its agent went away meanwhile; nobody knows how it ended.
    case interrupted(JobError)
    /// Komodo accepted it and shows nothing that tells whether it ran.
    case unknown(JobError)
}
