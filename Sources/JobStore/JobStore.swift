package import JSON
package import Jobs

/// Durable jobs: values in, values out.
///
/// The seam for another database. Whatever conforms to it passes the conformance suite in
/// `JobStoreTests`. Every function is one transaction; what it returns is on disk.
package protocol JobStore: Sendable {
    // Asking for jobs.

    /// Stores requests, all or none; duplicates are found as ``EnqueueResult`` says.
    func enqueue(_ requests: [EnqueueRequest]) async throws(StoreError) -> [EnqueueResult]
    /// Asks for cancellation; a job that was not sent ends at once.
    func cancel(_ job: Int64) async throws(StoreError) -> Advance
    /// Makes a new job from a finished one.
    ///
    /// - Throws: `conflict` for a job that is not finished, whose outcome is unknown, or whose
    ///   secret arguments are gone.
    func retry(_ job: Int64, by caller: NewJob.Caller) async throws(StoreError) -> JobRecord
    /// Settles a job whose outcome is unknown.
    func resolve(
        _ job: Int64, _ resolution: Resolution, by caller: NewJob.Caller
    ) async throws(StoreError) -> JobRecord

    // Reading.

    /// The job that `reference` names: a whole id, a unique beginning, or an ending of at least six
    /// characters.
    func job(_ reference: String) async throws(StoreError) -> JobRecord
    /// The job of a row.
    func job(row: Int64) async throws(StoreError) -> JobRecord?
    /// A page of jobs, newest first.
    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage
    /// The end of a job's history.
    func events(_ query: EventQuery) async throws(StoreError) -> EventPage
    /// A job's logs by attempt and position.
    func logs(of job: Int64) async throws(StoreError) -> [LogEntry]
    /// Logs that hold a text, those of the newest jobs first.
    func search(_ search: LogSearch) async throws(StoreError) -> LogSearchPage
    /// What tells whether a job's log has grown.
    func logMark(of job: Int64) async throws(StoreError) -> LogMark
    /// Asks the worker to fetch a running job's log while it grows, until `moment`.
    func watchLogs(of job: Int64, until moment: Timestamp) async throws(StoreError)
    /// Those of a worker's jobs whose logs somebody reads as they grow.
    func logsWatched(_ worker: String) async throws(StoreError) -> Set<Int64>
    /// The secret argument values of an unfinished job.
    func secrets(of job: Int64) async throws(StoreError) -> JSONObject
    /// Who holds a lane.
    func laneHolder(_ lane: String) async throws(StoreError) -> JobRecord?
    /// Whether a job of this lane has ended lately without anybody knowing whether it ran.
    func isLaneDoubtful(_ lane: String) async throws(StoreError) -> Bool
    /// How long the same operation on the same target took before; nil when too few runs are known.
    func estimate(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> DurationEstimate?
    /// Counts and durations by operation.
    func stats(since: Timestamp?) async throws(StoreError) -> StoreStats

    // Working.

    /// What there is to do for a worker right now; nothing is written.
    func agenda(
        _ worker: WorkerRecord, limits: TokenBucket.Limits
    ) async throws(StoreError) -> Agenda
    /// Takes up to `limit` due jobs for a worker, none of a lane that is held.
    func claim(_ worker: WorkerRecord, limit: Int) async throws(StoreError) -> [JobRecord]
    /// Gives a claimed job its target and its lane.
    func assign(_ target: Target, to lease: Lease) async throws(StoreError) -> Advance
    /// Writes down that the request is about to leave and takes its token, or neither.
    ///
    /// A job without a token goes back to pending, unless the sender waits for one.
    func recordIntent(
        _ lease: Lease, _ intent: IntentRequest
    ) async throws(StoreError) -> IntentResult
    /// Decides an event on the job's facts and writes the transition, while the lease holds.
    func advance(
        _ lease: Lease, by event: JobEvent, _ findings: Findings
    ) async throws(StoreError) -> Advance
    /// Whether the lease still holds.
    func holds(_ lease: Lease) async throws(StoreError) -> Bool
    /// Stores logs of a running job.
    func save(_ logs: [LogEntry], _ lease: Lease) async throws(StoreError)
    /// Running jobs of a worker whose cancellation was asked for and not passed on yet, the oldest
    /// of them when there are very many.
    func cancelsWaiting(_ worker: String) async throws(StoreError) -> [JobRecord]
    /// Writes down that the remote cancel is about to be sent, or why it never will be.
    ///
    /// - Returns: whether the lease still holds.
    func recordCancelSent(
        _ lease: Lease, reason: String, detail: String?
    ) async throws(StoreError) -> Bool
    /// Takes back that the remote cancel was sent, because nothing of it reached Komodo.
    func takeBackCancelSent(_ lease: Lease) async throws(StoreError)
    /// Writes a line into the job's history, once for each attempt and worker.
    func note(_ reason: String, detail: String?, _ lease: Lease) async throws(StoreError)
    /// Ends a job as unknown that runs, if at all, under an update which another job owns.
    ///
    /// - Returns: nil, and nothing is written, when no job owns the update.
    func endContested(_ update: String, _ lease: Lease) async throws(StoreError) -> Advance?
    /// Which of these updates belong to a job already.
    func adopted(_ updates: [String], instance: String) async throws(StoreError) -> Set<String>
    /// Writes down that an update surfaced after its job had been sent again.
    func recordDuplicate(_ update: String, of job: Int64) async throws(StoreError)
    /// Follows a job with remote kind `state` by an update from now on.
    func follow(_ update: String, _ lease: Lease) async throws(StoreError) -> Bool
    /// Remembers the newest updates seen.
    func saveWatermarks(
        _ marks: [Watermark], instance: String
    ) async throws(StoreError)
    /// Makes due what waits for a moment that has come, and ends what could not be sent in time.
    func tick(instance: String) async throws(StoreError) -> Tick

    // What is old.

    /// Removes finished jobs or their logs: one short step, after which others get the write lock.
    ///
    /// What is removed by then stays removed, wherever it is cut off. The updates of removed jobs
    /// stay known to be theirs.
    ///
    /// - Parameter place: the `next` of the step before; nil for the first one.
    func prune(_ rule: PruneRule, from place: PrunePlace?) async throws(StoreError) -> PruneStep
    /// What a step of pruning would remove; nothing is written.
    func prunable(_ rule: PruneRule, from place: PrunePlace?) async throws(StoreError) -> PruneStep

    // The servers of one database and their clients.

    /// The key that seals what clients carry between calls: 32 random bytes that all processes
    /// share.
    func sealKey() async throws(StoreError) -> [UInt8]
    /// Marks a nonce as used, to be remembered until `expiry`.
    ///
    /// - Returns: whether it was unused: true exactly once.
    func spend(_ nonce: String, until expiry: Timestamp) async throws(StoreError) -> Bool
    /// Hides how an unfinished job ends from the client that cancelled its view of it.
    func hideOutcome(of job: Int64) async throws(StoreError)
    /// A page by number of rows, newest first, with the number of all jobs that match.
    func page(
        _ query: JobQuery, offset: Int
    ) async throws(StoreError) -> (jobs: [JobRecord], total: Int)
    /// The stages of the last successful run of an operation on a target; none when there is none.
    func stages(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> [String]
    /// The tokens that the server over HTTP accepts, by name.
    func accessTokens() async throws(StoreError) -> [AccessToken]
    /// Adds a token.
    ///
    /// - Throws: `conflict` when its name is taken.
    func add(_ token: AccessToken) async throws(StoreError)
    /// Removes a token.
    ///
    /// - Returns: whether there was one of this name.
    func removeAccessToken(_ name: String) async throws(StoreError) -> Bool

    // Workers.

    /// Makes a worker known; its lock is held already.
    func register(_ worker: WorkerRecord) async throws(StoreError)
    /// Shows that a worker is not suspended, and makes it known again if it was forgotten.
    func heartbeat(_ worker: WorkerRecord) async throws(StoreError)
    /// Makes known that a worker takes no more jobs and is about to end.
    func markDraining(_ worker: String) async throws(StoreError)
    /// All registered workers with what is known about their lives.
    func workers() async throws(StoreError) -> [(worker: WorkerRecord, liveness: Liveness)]
    /// Takes over jobs of dead workers and of none, and forgets the dead ones that own nothing more.
    ///
    /// There may be more of them until the answer is empty.
    ///
    /// A worker that lives but is silent loses its jobs after its lease, and those that it may be
    /// sending only after another `grace`.
    func takeOver(_ worker: WorkerRecord, grace: Duration) async throws(StoreError) -> [JobRecord]
    /// The jobs that a worker owns.
    func owned(by worker: String) async throws(StoreError) -> [JobRecord]
    /// Gives back everything that a worker owns, in as many transactions as that takes, and forgets
    /// the worker.
    func retire(_ worker: String) async throws(StoreError)
    /// Marks the worker as draining, unless it has unfinished jobs to do.
    func retireIfIdle(_ worker: WorkerRecord) async throws(StoreError) -> Bool
    /// Whether unfinished jobs of this instance and key exist.
    func hasUnfinished(instance: String, keyFingerprint: String?) async throws(StoreError) -> Bool

    // The shared budget and the keys.

    /// Takes one token of the shared budget, if there is one for the purpose.
    func take(
        _ purpose: TokenBucket.Purpose, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) -> TokenBucket.Answer
    /// Makes polls and reads leave the next tokens to submissions, because due jobs wait for them.
    func noteSubmissionsWait(
        instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError)
    /// Obeys what Komodo or a proxy says about its own limits.
    func obey(
        remaining: Int?, wait: Duration?, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError)
    /// The budgets of all instances, for people.
    func budgets(_ limits: TokenBucket.Limits) async throws(StoreError) -> [BudgetReport]
    /// What is known about a key at its instance.
    func credential(
        instance: String, keyFingerprint: String
    ) async throws(StoreError) -> Credential?
    /// Remembers whose a key is; nil keeps what is known, and so does whether it is refused.
    func saveIdentity(_ credential: Credential) async throws(StoreError)
    /// Remembers what was learnt about a key; nil keeps what is known, except for the refusal.
    func save(_ credential: Credential) async throws(StoreError)
}

extension JobStore {
    /// Writes down that the remote cancel is about to be sent, or why it never will be.
    package func recordCancelSent(
        _ lease: Lease, reason: String
    ) async throws(StoreError) -> Bool {
        try await recordCancelSent(lease, reason: reason, detail: nil)
    }
}

/// How somebody settles a job whose outcome is unknown.
package enum Resolution: Sendable, Hashable {
    /// This update is the job: a new job follows it.
    case adopt(String)
    /// It did not run: a new job runs it.
    case retry
    /// It is settled; nothing else happens.
    case fail
}

/// The newest update seen for an operation on a target, in Komodo's time.
package struct Watermark: Sendable, Hashable {
    package let targetType: String
    package let targetID: String
    package let operation: String
    package let startedAt: Timestamp

    package init(targetType: String, targetID: String, operation: String, startedAt: Timestamp) {
        self.targetType = targetType
        self.targetID = targetID
        self.operation = operation
        self.startedAt = startedAt
    }
}

/// What a tick did and when the next one is due.
package struct Tick: Sendable, Hashable {
    package var woken: Int
    package var expired: [JobRecord]
    package var nextAt: Timestamp?
    /// Whether waits had to be bounded, because the wall clock was set back.
    package var hasShortenedWaits = false
}
