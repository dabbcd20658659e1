private import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient

/// Watches a target after its operation until it is healthy.
struct Verifier: Sendable {
    let context: WorkerContext

    /// Komodo refreshes what it knows about containers every 15 s; before that "unhealthy" may be
    /// old news.
    private static let settleTime: Duration = .seconds(20)
    private static let lookInterval: Duration = .seconds(2)

    /// Watches until the target is healthy, has proved unhealthy, or its time is up.
    ///
    /// - Returns: the job, if it has to be looked after further.
    func run(_ job: JobRecord) async throws -> JobRecord? {
        guard let lease = job.lease else { return nil }
        let start = context.clock.sinceBoot()
        var last = "nothing known yet"
        while true {
            let elapsed = Duration.milliseconds(context.clock.sinceBoot() - start)
            if let event = await look(job, elapsed, &last) ?? end(job, elapsed, last) {
                return try await context.record(event, job, lease)
            }
            try await context.sleep(Self.lookInterval * context.policy.pollScale)
            guard try await context.store.holds(lease) else { return nil }
        }
    }

    /// One look at the target; what it proves, if anything.
    private func look(
        _ job: JobRecord, _ elapsed: Duration, _ last: inout String
    ) async -> JobEvent? {
        do throws(KomodoError) {
            let report = try await context.komodo.health(
                of: job.target, services: services(of: job))
            last = report.detail
            switch report.state {
            case .healthy: return .becameHealthy
            case .unhealthy where elapsed >= Self.settleTime * context.policy.pollScale:
                return .becameUnhealthy(
                    JobError(.executionError, "It did not become healthy: \(last)."))
            case .unhealthy, .starting: return nil
            }
        } catch {
            last = error.message
            return nil
        }
    }

    /// The end of waiting, when its time has come.
    private func end(_ job: JobRecord, _ elapsed: Duration, _ last: String) -> JobEvent? {
        if let deadline = context.deadline(of: job) {
            return context.clock.sinceBoot() >= deadline ? .deadlinePassed : nil
        }
        guard elapsed >= context.policy.healthTime else { return nil }
        return .becameUnhealthy(
            JobError(.timeoutError, "It did not become healthy in time; last seen: \(last)."))
    }

    private func services(of job: JobRecord) -> [String] {
        job.arguments["services"]?.array?.compactMap(\.string) ?? []
    }
}
