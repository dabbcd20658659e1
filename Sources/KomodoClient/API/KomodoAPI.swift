package import JSON
package import Jobs

/// One Komodo instance, asked with one key.
///
/// Dialects conform to it; callers cannot tell which.
/// Every HTTP request takes a token of the shared budget first (``RequestPermit``). Reads are tried
/// again where that is safe; submissions never are.
package protocol KomodoAPI: Sendable {
    /// The interface that is spoken; nil while nobody knows.
    var dialect: KomodoDialect? { get }

    /// What Komodo tells of its updates by itself; nil while nobody knows of such a thing.
    var updateFeed: (any UpdateFeed)? { get }

    /// Asks who we are and which version answers.
    ///
    /// A successful answer is kept for the life of the client.
    func identify() async throws(KomodoError) -> KomodoIdentity

    /// What Komodo's clock shows now, as its answers have told; nil before the first that does.
    func time() -> Timestamp?

    /// Finds a target by name or id.
    ///
    /// - Throws: ``KomodoError`` with code `notFound` and the nearest names in `suggestions`.
    func resolve(
        _ type: TargetType, _ nameOrID: String, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Target

    /// Hands an operation to Komodo, once, on a fresh connection.
    ///
    /// The caller has taken its token of the budget already, together with writing the intent: a
    /// wait for one here would eat into the time in which the request may leave.
    ///
    /// - Parameters:
    ///   - submission: what to run; its target is resolved.
    ///   - gate: asked when the connection is up and the first byte is about to leave; when it
    ///     answers false nothing is sent.
    /// - Returns: what is known afterwards; this never throws.
    func submit(
        _ submission: Submission, gate: @escaping @Sendable () async -> Bool
    ) async -> SubmissionResult

    /// Takes note of how the target is before an operation is sent to it, so that its run can be
    /// told from older ones afterwards.
    ///
    /// - Parameter mayHideRun: whether a run that nobody owns may have begun on the target; then the
    ///   newest one is read in any case.
    func watermark(
        of operation: JobOperation, _ arguments: JSONObject, on target: Target, mayHideRun: Bool
    ) async throws(KomodoError) -> WatermarkReading

    /// Looks at up to ``updatesPerPollMax`` runs with as few requests as possible.
    ///
    /// - Returns: those that exist and may be read; the others are missing from the answer.
    func updates(
        of runs: [RemoteRun]
    ) async throws(KomodoError) -> [RemoteRun: UpdateSummary]

    /// Reads one run with its logs.
    func update(
        of run: RemoteRun, for purpose: TokenBucket.Purpose
    ) async throws(KomodoError) -> Update

    /// Looks on a new connection for updates that a lost submission may have made.
    func evidence(_ query: EvidenceQuery) async throws(KomodoError) -> [UpdateSummary]

    /// Whether the key may read the target, so that a missing update proves something.
    func canRead(_ target: Target) async throws(KomodoError) -> Bool

    /// Whether an operation runs on the target.
    func isBusy(_ target: Target) async throws(KomodoError) -> Bool

    /// How the target is doing, after an operation on it.
    func health(of target: Target, services: [String]) async throws(KomodoError) -> HealthReport
}

extension KomodoAPI {
    package var dialect: KomodoDialect? { .core }
    package var updateFeed: (any UpdateFeed)? { nil }
}

/// What was found before an operation is sent.
package enum WatermarkReading: Sendable, Hashable {
    /// Runs can be told apart without.
    case unneeded
    /// The newest run on the target, by Komodo's clock; nil when there was none.
    case newest(Timestamp?)
    /// Something runs on the target, so that nothing can be sent now.
    case busy(JobError)
}

/// How many updates one poll covers, Komodo's page size.
package let updatesPerPollMax = 100

/// Takes a token of the shared budget for one HTTP request, waiting for it if need be.
///
/// - Throws: ``KomodoError`` with code `budgetExhausted` when there will be none in time.
package typealias RequestPermit =
    @Sendable (TokenBucket.Purpose) async throws(KomodoError) -> Void
