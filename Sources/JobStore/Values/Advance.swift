package import Jobs

/// What became of an event.
package enum Advance: Sendable, Hashable {
    /// The job changed; this is it now.
    case applied(JobRecord)
    /// It was written down; the state stays.
    case noted(JobRecord)
    /// The event means nothing in the job's state.
    case ignored(JobRecord)
    /// Another worker has the job; nothing was written.
    case leaseLost
}

/// Facts that are stored together with an event.
package struct Findings: Sendable, Hashable {
    /// Raw evidence for the event log: redacted and bounded.
    package var detail: String?
    package var version: String?
    package var commitHash: String?
    package var logs: [LogEntry]

    package init(
        detail: String? = nil, version: String? = nil, commitHash: String? = nil,
        logs: [LogEntry] = []
    ) {
        self.detail = detail
        self.version = version
        self.commitHash = commitHash
        self.logs = logs
    }
}

/// What the sender writes down before the first byte leaves.
package struct IntentRequest: Sendable, Hashable {
    package var operatorID: String?
    /// What Komodo's clock shows; nil when Komodo does not tell, and ours is taken for it.
    package var komodoTime: KomodoTime?
    /// The longest time from here to the first byte.
    package var sendWindow: Duration
    /// How long the answer is waited for.
    package var requestTimeout: Duration
    package var limits: TokenBucket.Limits
    package var watermark: Watermark
    /// Whether the sender waits for a token, so that the job stays claimed when there is none.
    package var isPatient: Bool

    /// Which run on the target is the newest of those before.
    package enum Watermark: Sendable, Hashable {
        /// The newest that polls have noted.
        case noted
        /// What a look at the target has just shown, by Komodo's clock; nil when there was none.
        case read(Timestamp?)
    }

    package init(
        operatorID: String?, komodoTime: KomodoTime?, sendWindow: Duration,
        requestTimeout: Duration,
        limits: TokenBucket.Limits, watermark: Watermark = .noted, isPatient: Bool = false
    ) {
        self.operatorID = operatorID
        self.komodoTime = komodoTime
        self.sendWindow = sendWindow
        self.requestTimeout = requestTimeout
        self.limits = limits
        self.watermark = watermark
        self.isPatient = isPatient
    }
}

/// What Komodo's clock showed at a moment of ours.
package struct KomodoTime: Sendable, Hashable {
    package var at: Timestamp
    /// Our clock since boot then, in milliseconds.
    package var sinceBoot: Int64

    package init(_ at: Timestamp, sinceBoot: Int64) {
        self.at = at
        self.sinceBoot = sinceBoot
    }
}

/// Whether the sender may go on.
package enum IntentResult: Sendable, Hashable {
    case recorded(JobRecord)
    /// No token was left; the job went back to pending, unless the sender is patient.
    case throttled(wait: Duration)
    case leaseLost
}
