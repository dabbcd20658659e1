import JSON
import JobStore
import Jobs

/// The bench's store, except that some calls to it fail.
struct FaultyStore: JobStore {
    /// A call that a test can make fail.
    enum Call: Sendable, Hashable {
        case advance(JobEvent)
        case recordIntent, agenda, claim, tick, heartbeat, follow, register, takeOver, retire
    }

    let store: SQLiteJobStore
    /// Runs before a call about a job's row, or about none; what it throws is the call's error.
    var before: @Sendable (Call, Int64?) async throws(StoreError) -> Void = {
        (_, _) throws(StoreError) in
    }
    /// Runs after the call was written; what it throws is the call's error.
    var after: @Sendable (Call, Int64?) async throws(StoreError) -> Void = {
        (_, _) throws(StoreError) in
    }
    /// Stands in for the budget's answer.
    var answer: @Sendable () -> TokenBucket.Answer? = { nil }

    private func perform<Value>(
        _ call: Call, _ row: Int64? = nil, _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await before(call, row)
        let value = try await body()
        try await after(call, row)
        return value
    }
}

extension FaultyStore {
    func advance(
        _ lease: Lease, by event: JobEvent, _ findings: Findings
    ) async throws(StoreError) -> Advance {
        try await perform(.advance(event), lease.job) { () async throws(StoreError) in
            try await store.advance(lease, by: event, findings)
        }
    }

    func recordIntent(
        _ lease: Lease, _ intent: IntentRequest
    ) async throws(StoreError) -> IntentResult {
        try await perform(.recordIntent, lease.job) { () async throws(StoreError) in
            try await store.recordIntent(lease, intent)
        }
    }

    func agenda(
        _ worker: WorkerRecord, limits: TokenBucket.Limits
    ) async throws(StoreError) -> Agenda {
        try await perform(.agenda) { () async throws(StoreError) in
            try await store.agenda(worker, limits: limits)
        }
    }

    func claim(_ worker: WorkerRecord, limit: Int) async throws(StoreError) -> [JobRecord] {
        try await perform(.claim) { () async throws(StoreError) in
            try await store.claim(worker, limit: limit)
        }
    }

    func tick(instance: String) async throws(StoreError) -> Tick {
        try await perform(.tick) { () async throws(StoreError) in
            try await store.tick(instance: instance)
        }
    }

    func heartbeat(_ worker: WorkerRecord) async throws(StoreError) {
        try await perform(.heartbeat) { () async throws(StoreError) in
            try await store.heartbeat(worker)
        }
    }

    func follow(_ update: String, _ lease: Lease) async throws(StoreError) -> Bool {
        try await perform(.follow, lease.job) { () async throws(StoreError) in
            try await store.follow(update, lease)
        }
    }

    func take(
        _ purpose: TokenBucket.Purpose, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) -> TokenBucket.Answer {
        if let answer = answer() { return answer }
        return try await store.take(purpose, instance: instance, limits: limits)
    }
}

// What only passes through.
extension FaultyStore {
    func enqueue(_ requests: [EnqueueRequest]) async throws(StoreError) -> [EnqueueResult] {
        try await store.enqueue(requests)
    }

    func cancel(_ job: Int64) async throws(StoreError) -> Advance {
        try await store.cancel(job)
    }

    func retry(_ job: Int64, by caller: NewJob.Caller) async throws(StoreError) -> JobRecord {
        try await store.retry(job, by: caller)
    }

    func resolve(
        _ job: Int64, _ resolution: Resolution, by caller: NewJob.Caller
    ) async throws(StoreError) -> JobRecord {
        try await store.resolve(job, resolution, by: caller)
    }

    func job(_ reference: String) async throws(StoreError) -> JobRecord {
        try await store.job(reference)
    }

    func job(row: Int64) async throws(StoreError) -> JobRecord? { try await store.job(row: row) }

    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        try await store.jobs(query)
    }

    func events(_ query: EventQuery) async throws(StoreError) -> EventPage {
        try await store.events(query)
    }

    func logs(of job: Int64) async throws(StoreError) -> [LogEntry] {
        try await store.logs(of: job)
    }

    func search(_ search: LogSearch) async throws(StoreError) -> LogSearchPage {
        try await store.search(search)
    }

    func prune(
        _ rule: PruneRule, from place: PrunePlace?
    ) async throws(StoreError) -> PruneStep {
        try await store.prune(rule, from: place)
    }

    func prunable(
        _ rule: PruneRule, from place: PrunePlace?
    ) async throws(StoreError) -> PruneStep {
        try await store.prunable(rule, from: place)
    }

    func logMark(of job: Int64) async throws(StoreError) -> LogMark {
        try await store.logMark(of: job)
    }

    func watchLogs(of job: Int64, until moment: Timestamp) async throws(StoreError) {
        try await store.watchLogs(of: job, until: moment)
    }

    func logsWatched(_ worker: String) async throws(StoreError) -> Set<Int64> {
        try await store.logsWatched(worker)
    }

    func secrets(of job: Int64) async throws(StoreError) -> JSONObject {
        try await store.secrets(of: job)
    }

    func isLaneDoubtful(_ lane: String) async throws(StoreError) -> Bool {
        try await store.isLaneDoubtful(lane)
    }

    func laneHolder(_ lane: String) async throws(StoreError) -> JobRecord? {
        try await store.laneHolder(lane)
    }

    func estimate(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> DurationEstimate? {
        try await store.estimate(operation, target: target, instance: instance)
    }

    func stats(since: Timestamp?) async throws(StoreError) -> StoreStats {
        try await store.stats(since: since)
    }

    func assign(_ target: Target, to lease: Lease) async throws(StoreError) -> Advance {
        try await store.assign(target, to: lease)
    }

    func holds(_ lease: Lease) async throws(StoreError) -> Bool { try await store.holds(lease) }

    func save(_ logs: [LogEntry], _ lease: Lease) async throws(StoreError) {
        try await store.save(logs, lease)
    }

    func cancelsWaiting(_ worker: String) async throws(StoreError) -> [JobRecord] {
        try await store.cancelsWaiting(worker)
    }

    func recordCancelSent(
        _ lease: Lease, reason: String, detail: String?
    ) async throws(StoreError) -> Bool {
        try await store.recordCancelSent(lease, reason: reason, detail: detail)
    }

    func takeBackCancelSent(_ lease: Lease) async throws(StoreError) {
        try await store.takeBackCancelSent(lease)
    }

    func endContested(
        _ update: String, _ lease: Lease
    ) async throws(StoreError) -> Advance? {
        try await store.endContested(update, lease)
    }

    func note(_ reason: String, detail: String?, _ lease: Lease) async throws(StoreError) {
        try await store.note(reason, detail: detail, lease)
    }

    func adopted(
        _ updates: [String], instance: String
    ) async throws(StoreError) -> Set<String> {
        try await store.adopted(updates, instance: instance)
    }

    func recordDuplicate(_ update: String, of job: Int64) async throws(StoreError) {
        try await store.recordDuplicate(update, of: job)
    }

    func saveWatermarks(_ marks: [Watermark], instance: String) async throws(StoreError) {
        try await store.saveWatermarks(marks, instance: instance)
    }

    func sealKey() async throws(StoreError) -> [UInt8] { try await store.sealKey() }

    func spend(_ nonce: String, until expiry: Timestamp) async throws(StoreError) -> Bool {
        try await store.spend(nonce, until: expiry)
    }

    func hideOutcome(of job: Int64) async throws(StoreError) {
        try await store.hideOutcome(of: job)
    }

    func page(
        _ query: JobQuery, offset: Int
    ) async throws(StoreError) -> (jobs: [JobRecord], total: Int) {
        try await store.page(query, offset: offset)
    }

    func stages(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> [String] {
        try await store.stages(operation, target: target, instance: instance)
    }

    func accessTokens() async throws(StoreError) -> [AccessToken] {
        try await store.accessTokens()
    }

    func add(_ token: AccessToken) async throws(StoreError) { try await store.add(token) }

    func removeAccessToken(_ name: String) async throws(StoreError) -> Bool {
        try await store.removeAccessToken(name)
    }

    func register(_ worker: WorkerRecord) async throws(StoreError) {
        try await perform(.register) { () async throws(StoreError) in
            try await store.register(worker)
        }
    }

    func markDraining(_ worker: String) async throws(StoreError) {
        try await store.markDraining(worker)
    }

    func workers() async throws(StoreError) -> [(worker: WorkerRecord, liveness: Liveness)] {
        try await store.workers()
    }

    func takeOver(
        _ worker: WorkerRecord, grace: Duration
    ) async throws(StoreError) -> [JobRecord] {
        try await perform(.takeOver) { () async throws(StoreError) in
            try await store.takeOver(worker, grace: grace)
        }
    }

    func owned(by worker: String) async throws(StoreError) -> [JobRecord] {
        try await store.owned(by: worker)
    }

    func retire(_ worker: String) async throws(StoreError) {
        try await perform(.retire) { () async throws(StoreError) in
            try await store.retire(worker)
        }
    }

    func retireIfIdle(_ worker: WorkerRecord) async throws(StoreError) -> Bool {
        try await store.retireIfIdle(worker)
    }

    func hasUnfinished(
        instance: String, keyFingerprint: String?
    ) async throws(StoreError) -> Bool {
        try await store.hasUnfinished(instance: instance, keyFingerprint: keyFingerprint)
    }

    func noteSubmissionsWait(
        instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) {
        try await store.noteSubmissionsWait(instance: instance, limits: limits)
    }

    func obey(
        remaining: Int?, wait: Duration?, instance: String, limits: TokenBucket.Limits
    ) async throws(StoreError) {
        try await store.obey(remaining: remaining, wait: wait, instance: instance, limits: limits)
    }

    func budgets(_ limits: TokenBucket.Limits) async throws(StoreError) -> [BudgetReport] {
        try await store.budgets(limits)
    }

    func credential(
        instance: String, keyFingerprint: String
    ) async throws(StoreError) -> Credential? {
        try await store.credential(instance: instance, keyFingerprint: keyFingerprint)
    }

    func saveIdentity(_ credential: Credential) async throws(StoreError) {
        try await store.saveIdentity(credential)
    }

    func save(_ credential: Credential) async throws(StoreError) {
        try await store.save(credential)
    }
}
