import JSON
import Jobs
import KomodoClient

/// The bench's Komodo, except for what a test alters.
struct AlteredKomodo: KomodoAPI {
    let komodo: CoreKomodo
    /// What a submission comes to, instead of being sent; nil lets it pass.
    var answer: @Sendable (Submission) async -> SubmissionResult? = { _ in nil }
    /// Runs before an update is read.
    var beforeReading: @Sendable (String) async -> Void = { _ in }
    /// Whether the updates of a target cannot be listed.
    var failsToList: @Sendable (Target) -> Bool = { _ in false }
    /// How targets are, instead of asking; nil asks.
    var health: @Sendable () -> HealthReport? = { nil }
    /// What it tells by itself, instead of Komodo.
    var feed: (any UpdateFeed)?

    var updateFeed: (any UpdateFeed)? { feed ?? komodo.updateFeed }

    func submit(
        _ submission: Submission, gate: @escaping @Sendable () async -> Bool
    ) async -> SubmissionResult {
        if let result = await answer(submission) {
            // What may have arrived has left, so the sender was asked.
            if case .ambiguous = result.outcome { _ = await gate() }
            return result
        }
        return await komodo.submit(submission, gate: gate)
    }

    func identify() async throws(KomodoError) -> KomodoIdentity { try await komodo.identify() }

    func time() -> Timestamp? { komodo.time() }

    func watermark(
        of operation: JobOperation, _ arguments: JSONObject, on target: Target, mayHideRun: Bool
    ) async throws(KomodoError) -> WatermarkReading {
        try await komodo.watermark(of: operation, arguments, on: target, mayHideRun: mayHideRun)
    }

    func resolve(
        _ type: TargetType, _ nameOrID: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Target {
        try await komodo.resolve(type, nameOrID, for: purpose)
    }

    func updates(
        of runs: [RemoteRun]
    ) async throws(KomodoError) -> [RemoteRun: UpdateSummary] {
        try await komodo.updates(of: runs)
    }

    func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update {
        await beforeReading(run.id ?? "")
        return try await komodo.update(of: run, for: purpose)
    }

    func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary] {
        if failsToList(query.target) { throw KomodoError(.serverFault, "It broke.") }
        return try await komodo.evidence(query)
    }

    func canRead(_ target: Target) async throws(KomodoError) -> Bool {
        try await komodo.canRead(target)
    }

    func isBusy(_ target: Target) async throws(KomodoError) -> Bool {
        try await komodo.isBusy(target)
    }

    func health(
        of target: Target, services: [String]
    ) async throws(KomodoError) -> HealthReport {
        if let report = health() { return report }
        return try await komodo.health(of: target, services: services)
    }
}
