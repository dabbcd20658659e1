internal import JobStore
internal import Jobs
internal import KomodoClient
private import JSON

/// Watches a target after its operation until it is healthy.
struct Verifier: Sendable {
    let context: WorkerContext

    /// Komodo refreshes what it knows about containers every 15 s; before that "unhealthy" may be
    /// old news.
    private static let settleTime: Duration = .seconds(20)
    private static let lookInterval: Duration = .seconds(2)

    /// Watches until the target is healthy, has proved unhealthy, or its time is up.
    func run(_ job: JobRecord) async throws {
        guard let lease = job.lease else { return }
        let start = context.clock.sinceBoot()
        var last = "nothing known yet"
        while true {
            let elapsed = Duration.milliseconds(context.clock.sinceBoot() - start)
            do throws(KomodoError) {
                let report = try await context.komodo.health(
                    of: job.target, services: services(of: job))
                last = report.detail
                switch report.state {
                case .healthy: return try await finish(.becameHealthy, job, lease)
                case .unhealthy where elapsed >= Self.settleTime * context.policy.pollScale:
                    let error = JobError(.executionError, "It did not become healthy: \(last).")
                    return try await finish(.becameUnhealthy(error), job, lease)
                case .unhealthy, .starting: break
                }
            } catch {
                last = error.message
            }
            if isOver(job, elapsed) {
                let error = JobError(
                    .timeoutError, "It did not become healthy in time; last seen: \(last).")
                return try await giveUp(error, job, lease)
            }
            try await context.sleep(Self.lookInterval * context.policy.pollScale)
            guard try await context.store.holds(lease) else { return }
        }
    }

    private func isOver(_ job: JobRecord, _ elapsed: Duration) -> Bool {
        if let deadline = job.deadlineAt { return context.clock.now() >= deadline }
        return elapsed >= context.policy.healthTime
    }

    private func services(of job: JobRecord) -> [String] {
        job.arguments["services"]?.array?.compactMap(\.string) ?? []
    }

    private func giveUp(_ error: JobError, _ job: JobRecord, _ lease: Lease) async throws {
        let event: JobEvent = job.deadlineAt == nil ? .becameUnhealthy(error) : .deadlinePassed
        try await write(event, job, lease)
    }

    private func finish(
        _ event: JobEvent, _ job: JobRecord, _ lease: Lease
    ) async throws(KomodoError) {
        do {
            try await write(event, job, lease)
        } catch {
            throw KomodoError(.interrupted, "The result cannot be written down: \(error)")
        }
    }

    private func write(_ event: JobEvent, _ job: JobRecord, _ lease: Lease) async throws {
        let advance = try await context.persist(job) { () async throws(StoreError) in
            try await context.store.advance(lease, by: event, Findings())
        }
        if case .applied(let next) = advance { context.logEnd(next) }
    }
}
