package import Jobs

/// The shared budget of one instance, for people.
package struct BudgetReport: Sendable, Hashable {
    package var instance: String
    /// Tokens as of now, by purpose; submissions use the shared ones.
    package var bucket: TokenBucket
    /// When Komodo asked for patience: until when, counted from now.
    package var blockedFor: Duration?
    package var spent: [TokenBucket.Purpose: Int]
}

/// What is known about a key at its instance.
package struct Credential: Sendable, Hashable {
    package var instance: String
    package var keyFingerprint: String
    package var operatorID: String?
    package var username: String?
    package var version: String?
    package var clockOffset: Duration?
    /// The breaker: no request with this key before then.
    package var refusedUntil: Timestamp?
    package var refusedMessage: String?

    package init(
        instance: String, keyFingerprint: String, operatorID: String? = nil,
        username: String? = nil, version: String? = nil, clockOffset: Duration? = nil,
        refusedUntil: Timestamp? = nil, refusedMessage: String? = nil
    ) {
        self.instance = instance
        self.keyFingerprint = keyFingerprint
        self.operatorID = operatorID
        self.username = username
        self.version = version
        self.clockOffset = clockOffset
        self.refusedUntil = refusedUntil
        self.refusedMessage = refusedMessage
    }

    /// Whether nothing is to be sent with the key for now.
    ///
    /// - Parameter pauseMax: the longest time for which a refusal counts. What lies further ahead was
    ///   written before the clock was set back, and counts no more.
    package func isRefused(at now: Timestamp, atMost pauseMax: Duration) -> Bool {
        guard let refusedUntil else { return false }
        return now < refusedUntil && refusedUntil - now <= pauseMax
    }

    /// What may be done with a key.
    package enum Trust: Sendable, Hashable { case refused, onTrial, free }

    /// Whether a refusal is under way, over since less than `trial`, or forgotten.
    package func trust(
        at now: Timestamp, pauseMax: Duration, trial: Duration
    ) -> Trust {
        guard let refusedUntil else { return .free }
        if isRefused(at: now, atMost: pauseMax) { return .refused }
        return (refusedUntil..<refusedUntil + trial).contains(now) ? .onTrial : .free
    }
}

/// Counts over a stretch of history.
package struct StoreStats: Sendable, Hashable {
    /// One operation's share.
    package struct Row: Sendable, Hashable {
        package var operation: JobOperation
        package var counts: [JobStatus: Int]
        /// Of successful jobs, from acceptance to the end, in milliseconds.
        package var median: Int64?
        package var p90: Int64?
    }

    package var rows: [Row]
    package var byState: [JobState: Int]
}

/// How long the same operation on the same target took before.
package struct DurationEstimate: Sendable, Hashable {
    package var median: Duration
    package var p90: Duration
    package var count: Int
}

/// How the database file is doing.
package struct DatabaseReport: Sendable, Hashable {
    package var path: String
    package var schema: String
    package var sqliteVersion: String
    package var jobs: Int
    package var unfinished: Int
    package var fileBytes: Int
    package var walBytes: Int
    package var problems: [String]
}
