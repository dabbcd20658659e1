internal import JobStore
internal import Jobs

/// The jobs that a worker follows and when to look at them next.
///
/// Pure; times are milliseconds since boot.
struct FollowBook: Sendable {
    /// One followed job.
    struct Entry: Sendable, Hashable {
        var job: JobRecord
        var pace: PollPace
        var dueAt: Int64
        /// When something last asked to look at it.
        var hastenedAt: Int64?
        /// Since which poll the feed is left to tell of its end; nil while it is polled at its pace.
        var relaxedSince: Int64?
        /// Whether the feed has told of its end.
        var isEndTold = false
        /// Whether somebody reads its log as it grows.
        var isWatched = false
        /// When the job's own time is up; nil when it has all the time there is.
        var endsAt: Int64?
        /// What has to be done about this job alone; polls leave it out meanwhile.
        var errand: Errand?
        /// Whether the errand has begun.
        var isUnderWay = false
        /// No look before this moment, because something about this job did not work.
        var restsUntil: Int64 = 0
        var backoff: Backoff?

        /// Whether it can be polled at `now`.
        func isFree(at now: Int64) -> Bool { errand == nil && restsUntil <= now }
    }

    var entries: [Int64: Entry] = [:]
    /// The rows of the jobs by the updates that they follow.
    private(set) var rows: [String: Int64] = [:]
    var feed = FeedTrust()
    var allowance: PollAllowance
    /// Multiplies all waits.
    let scale: Double
    private(set) var errandsUnderWay = 0
    private(set) var failuresInARow = 0
    private(set) var failingSince: Int64?
    /// No look before this moment, because Komodo cannot be asked.
    private(set) var blockedUntil: Int64 = 0

    private static let failureWaitMax: Duration = .seconds(30)
    /// Followed jobs count as unreachable after this time.
    static let unreachableAfter: Duration = .seconds(10)

    init(scale: Double = 1) {
        self.scale = scale
        allowance = PollAllowance(scale: scale)
    }

    mutating func add(_ job: JobRecord, at now: Int64, endsAt: Int64? = nil) {
        guard !holds(job) else { return update(job) }
        let pace = PollPace(startedAt: now, scale: scale)
        put(
            Entry(
                job: job, pace: pace, dueAt: now + pace.next(at: now).inMilliseconds,
                endsAt: endsAt))
    }

    mutating func update(_ job: JobRecord) {
        guard holds(job), var entry = entries[job.row] else { return }
        entry.job = job
        put(entry)
    }

    /// Forgets a job, unless it was lost and won back meanwhile.
    mutating func remove(_ job: JobRecord) {
        guard holds(job) else { return }
        forgetUpdate(of: job.row)
        entries[job.row] = nil
    }

    private mutating func put(_ entry: Entry) {
        forgetUpdate(of: entry.job.row)
        entries[entry.job.row] = entry
        if let update = entry.job.remote?.updateID { rows[update] = entry.job.row }
    }

    private mutating func forgetUpdate(of row: Int64) {
        guard let update = entries[row]?.job.remote?.updateID, rows[update] == row else { return }
        rows[update] = nil
    }

    /// Whether the job is followed under this lease of it.
    private func holds(_ job: JobRecord) -> Bool {
        entries[job.row]?.job.leaseNumber == job.leaseNumber
    }

    /// Looks at a job at once, because something may have happened to it.
    mutating func hasten(_ row: Int64, at now: Int64) {
        entries[row]?.dueAt = now
        entries[row]?.hastenedAt = now
    }

    /// The jobs of the next poll: those that are due, and with what room is left those that are due
    /// next, for one request covers them all.
    func batch(at now: Int64, max: Int) -> [JobRecord] {
        guard now >= blockedUntil, now >= pollsFrom else { return [] }
        let candidates = entries.values
            .filter { $0.isFree(at: now) && $0.job.run != nil }
            .sorted { ($0.dueAt, $0.job.row) < ($1.dueAt, $1.job.row) }
        guard let first = candidates.first, first.dueAt <= now else { return [] }
        return candidates.prefix(max).map(\.job)
    }

    /// Due jobs whose run has to be looked for first.
    func withoutUpdate(at now: Int64) -> [JobRecord] {
        guard now >= blockedUntil else { return [] }
        return entries.values
            .filter { $0.isFree(at: now) && $0.job.run == nil && $0.dueAt <= now }
            .map(\.job).sorted { $0.row < $1.row }
    }

    /// Jobs whose time has run out, unless their end is about to be read.
    func overdue(at now: Int64) -> [JobRecord] {
        entries.values
            .filter { entry in
                entry.isFree(at: now) && !entry.job.state.isTerminal
                    && entry.endsAt.map { $0 <= now } ?? false
            }
            .map(\.job)
    }

    /// When there is something to do next.
    func nextDue() -> Int64? {
        entries.values.filter { $0.errand == nil }
            .map { entry in
                let due = Swift.max(entry.dueAt, entry.restsUntil)
                return entry.job.run == nil ? due : Swift.max(due, pollsFrom)
            }
            .min()
            .map { Swift.max($0, blockedUntil) }
    }

    /// A poll was answered.
    ///
    /// - Parameter asked: when it was sent; what was hastened since has to be looked at again.
    mutating func polled(_ rows: [Int64], since asked: Int64? = nil, at now: Int64) {
        let asked = asked ?? now
        succeed()
        if feed.isTrusted { allowance.take(at: asked) }
        for row in rows {
            guard let entry = entries[row] else { continue }
            let isRelaxed = feed.isTrusted && entry.mayRelax
            entries[row]?.relaxedSince = isRelaxed ? entry.relaxedSince ?? now : nil
            if let hastened = entry.hastenedAt, hastened >= asked { continue }
            let wait = isRelaxed ? Self.relaxedWait * scale : entry.pace.next(at: now)
            entries[row]?.dueAt = now + wait.inMilliseconds
        }
    }

    /// The run of a job was looked for.
    mutating func searched(_ row: Int64, at now: Int64) {
        succeed()
        guard let entry = entries[row] else { return }
        entries[row]?.dueAt = now + entry.pace.next(at: now).inMilliseconds
    }

    private mutating func succeed() {
        failuresInARow = 0
        failingSince = nil
        blockedUntil = 0
    }

    /// A poll failed; waits longer each time, or as long as Komodo asks.
    ///
    /// - Returns: whether the jobs count as unreachable from now on.
    mutating func failed(at now: Int64, wait: Duration?) -> Bool {
        if feed.isTrusted { allowance.take(at: now) }
        failuresInARow += 1
        let since = failingSince ?? now
        failingSince = since
        let doubled = Duration.seconds(1) * scale * (1 << Swift.min(failuresInARow - 1, 6))
        blockedUntil = now + (wait ?? Swift.min(doubled, Self.failureWaitMax)).inMilliseconds
        return now - since >= (Self.unreachableAfter * scale).inMilliseconds
    }
}

// MARK: Single jobs

extension FollowBook {
    /// Something that is done about a single job beside the polls; what comes first is done first.
    enum Errand: Int, Sendable, Hashable {
        /// Read how the operation ended.
        case conclusion
        /// Look for the update that it may have started.
        case search
        /// Fetch the log as it grows.
        case log
    }

    /// Gives a job an errand, unless it has one.
    mutating func assign(_ errand: Errand, _ job: JobRecord) {
        guard holds(job), entries[job.row]?.errand == nil else { return }
        entries[job.row]?.errand = errand
    }

    /// Begins the next errand, when fewer than `max` are under way.
    mutating func beginErrand(max: Int) -> (errand: Errand, job: JobRecord)? {
        guard errandsUnderWay < max else { return nil }
        let waiting = entries.values.compactMap { entry in
            entry.isUnderWay ? nil : entry.errand.map { (errand: $0, entry: entry) }
        }
        let next = waiting.min {
            ($0.errand.rawValue, $0.entry.dueAt, $0.entry.job.row)
                < ($1.errand.rawValue, $1.entry.dueAt, $1.entry.job.row)
        }
        guard let next else { return nil }
        errandsUnderWay += 1
        entries[next.entry.job.row]?.isUnderWay = true
        return (next.errand, next.entry.job)
    }

    /// Ends an errand; the job is polled again at its pace if it is still followed.
    mutating func endErrand(_ job: JobRecord, at now: Int64) {
        errandsUnderWay -= 1
        guard holds(job), let entry = entries[job.row] else { return }
        entries[job.row]?.errand = nil
        entries[job.row]?.isUnderWay = false
        entries[job.row]?.dueAt = min(
            entry.dueAt, now + entry.pace.next(at: now).inMilliseconds)
    }

    /// Leaves a job alone for a while, longer each time in a row.
    mutating func rest(_ job: JobRecord, at now: Int64, _ first: Backoff) {
        guard holds(job) else { return }
        var backoff = entries[job.row]?.backoff ?? first
        entries[job.row]?.restsUntil = now + backoff.next().inMilliseconds
        entries[job.row]?.backoff = backoff
    }

    /// What did not work before has worked.
    mutating func rested(_ job: JobRecord) {
        if holds(job) { entries[job.row]?.backoff = nil }
    }
}
