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
    }

    private(set) var entries: [Int64: Entry] = [:]
    private(set) var failuresInARow = 0
    private(set) var failingSince: Int64?
    /// No look before this moment, because Komodo cannot be asked.
    private(set) var blockedUntil: Int64 = 0

    private static let failureWaitMax: Duration = .seconds(30)
    /// Followed jobs count as unreachable after this time.
    static let unreachableAfter: Duration = .seconds(10)

    mutating func add(_ job: JobRecord, at now: Int64, scale: Double) {
        guard entries[job.row] == nil else {
            entries[job.row]?.job = job
            return
        }
        let pace = PollPace(startedAt: now, scale: scale)
        entries[job.row] = Entry(
            job: job, pace: pace, dueAt: now + pace.next(at: now).inMilliseconds)
    }

    mutating func update(_ job: JobRecord) {
        entries[job.row]?.job = job
    }

    mutating func remove(_ row: Int64) {
        entries[row] = nil
    }

    /// Looks at a job at once, because something may have happened to it.
    mutating func hasten(_ row: Int64, at now: Int64) {
        entries[row]?.dueAt = now
    }

    /// The jobs of the next poll: those that are due, and with what room is left those that are due
    /// next, for one request covers them all.
    func batch(at now: Int64, max: Int) -> [JobRecord] {
        guard now >= blockedUntil else { return [] }
        let candidates = entries.values
            .filter { $0.job.remote?.updateID != nil }
            .sorted { ($0.dueAt, $0.job.row) < ($1.dueAt, $1.job.row) }
        guard let first = candidates.first, first.dueAt <= now else { return [] }
        return candidates.prefix(max).map(\.job)
    }

    /// Due jobs that Komodo gave no id for.
    func withoutUpdate(at now: Int64) -> [JobRecord] {
        guard now >= blockedUntil else { return [] }
        return entries.values.filter { $0.job.remote == .state && $0.dueAt <= now }
            .map(\.job).sorted { $0.row < $1.row }
    }

    /// When there is something to do next.
    func nextDue() -> Int64? {
        entries.values.map(\.dueAt).min().map { Swift.max($0, blockedUntil) }
    }

    mutating func polled(_ rows: [Int64], at now: Int64) {
        failuresInARow = 0
        failingSince = nil
        blockedUntil = 0
        for row in rows {
            guard let entry = entries[row] else { continue }
            entries[row]?.dueAt = now + entry.pace.next(at: now).inMilliseconds
        }
    }

    /// A poll failed; waits longer each time, or as long as Komodo asks.
    ///
    /// - Returns: whether the jobs count as unreachable from now on.
    mutating func failed(at now: Int64, wait: Duration?, scale: Double) -> Bool {
        failuresInARow += 1
        let since = failingSince ?? now
        failingSince = since
        let doubled = Duration.seconds(1) * scale * (1 << Swift.min(failuresInARow - 1, 6))
        blockedUntil = now + (wait ?? Swift.min(doubled, Self.failureWaitMax)).inMilliseconds
        return now - since >= (Self.unreachableAfter * scale).inMilliseconds
    }
}
