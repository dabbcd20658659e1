package import Jobs

/// How a worker behaves; the defaults are the documented ones.
package struct WorkerPolicy: Sendable {
    /// Submissions under way at a time; followed jobs are bounded by the budget alone.
    package var submissionsMax: Int
    package var limits: TokenBucket.Limits
    /// The longest time from the intent to the first byte; a sender that slept longer gives up.
    package var sendWindow: Duration
    package var requestTimeout: Duration
    /// How long reads must show nothing before a lost submission counts as never started.
    package var reconcileGrace: Duration
    package var heartbeatInterval: Duration
    /// How long an on-demand worker stays without work; nil for workers that stay for ever.
    package var idleTime: Duration?
    /// How long a target may take to become healthy, unless the job says otherwise.
    package var healthTime: Duration
    /// How long a deploy without an update id is watched before it counts as "nothing changed".
    package var quietTime: Duration
    /// Multiplies the waits between polls; below 1 only where time itself is scaled.
    package var pollScale: Double

    package init(
        submissionsMax: Int = 8, limits: TokenBucket.Limits = TokenBucket.Limits(),
        sendWindow: Duration = .seconds(5), requestTimeout: Duration = .seconds(20),
        reconcileGrace: Duration = .seconds(30), heartbeatInterval: Duration = .seconds(5),
        idleTime: Duration? = nil, healthTime: Duration = .seconds(120),
        quietTime: Duration = .seconds(60), pollScale: Double = 1
    ) {
        self.submissionsMax = submissionsMax
        self.limits = limits
        self.sendWindow = sendWindow
        self.requestTimeout = requestTimeout
        self.reconcileGrace = reconcileGrace
        self.heartbeatInterval = heartbeatInterval
        self.idleTime = idleTime
        self.healthTime = healthTime
        self.quietTime = quietTime
        self.pollScale = pollScale
    }
}
