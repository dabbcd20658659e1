private import CBaseline
private import Glibc

/// The C loops over the same library and schema.
enum Baseline {
    /// - Returns: the time of each transaction.
    static func enqueue(
        _ jobs: Range<Int>, perCommit: Int, path: String
    ) throws(BenchError) -> [Duration] {
        let commits = (jobs.count + perCommit - 1) / perCommit
        var nanoseconds = [Int64](repeating: 0, count: commits)
        let code = komodo_baseline_enqueue(
            path, Int32(jobs.lowerBound), Int32(jobs.count), Int32(perCommit), &nanoseconds)
        try check(code, "store jobs")
        return nanoseconds.map { .nanoseconds($0) }
    }

    static func drain(_ jobs: Range<Int>, batch: Int, path: String) throws(BenchError) {
        var drained: Int32 = 0
        let code = komodo_baseline_drain(
            path, Int32(jobs.lowerBound), Int32(jobs.count), Int32(batch), &drained)
        try check(code, "finish jobs")
        guard Int(drained) == jobs.count else {
            throw BenchError("The C loop finished \(drained) of \(jobs.count) jobs.")
        }
    }

    static func check(_ code: Int32, _ task: String) throws(BenchError) {
        guard code != 0 else { return }
        throw BenchError("The C loop could not \(task): SQLite answered \(code).")
    }

    /// Nanoseconds on a clock that all processes share.
    static var now: Int64 { komodo_baseline_now() }
}

// MARK: Several processes

extension Baseline {
    /// Commits in a second, which no disk reaches.
    private static let commitsPerSecondMax = 200_000
    private static let jobsMax: Int32 = 100_000_000

    /// Stores jobs one by one beside others that do the same, with SQLite's own back-off.
    static func write(
        number: Int, for time: Duration, path: String
    ) throws(BenchError) -> WritingPart.Waits {
        let end = now + time.nanoseconds
        let most = min(Int(time / .seconds(1)) * commitsPerSecondMax, WritingPart.jobsMax)
        var nanoseconds = [Int64](repeating: 0, count: most)
        var (count, busy): (Int32, Int32) = (0, 0)
        let code = komodo_baseline_write(
            path, Int32(number) * jobsMax, end, Int32(most), &nanoseconds, &count, &busy)
        try check(code, "store jobs beside others")
        return WritingPart.Waits(
            waits: nanoseconds.prefix(Int(count)).map { .nanoseconds($0) }, busy: Int(busy))
    }

    /// A socket for ``claim(_:onRingsAt:path:)``.
    static func listen(_ bell: String) throws(BenchError) -> Int32 {
        let listener = komodo_baseline_listen(bell)
        guard listener >= 0 else { throw .system("cannot listen at \(bell)") }
        return listener
    }

    /// Claims a job after each datagram.
    ///
    /// - Returns: when, by ``now``.
    static func claim(
        _ count: Int, onRingsAt listener: Int32, path: String
    ) throws(BenchError) -> [Int64] {
        defer { close(listener) }
        var moments = [Int64](repeating: 0, count: count)
        let code = komodo_baseline_claim_on_rings(path, listener, Int32(count), &moments)
        try check(code, "claim a job")
        return moments
    }

    /// Stores a job, then sends a datagram.
    ///
    /// - Returns: when that began, by ``now``.
    static func enqueue(_ job: Int, ringing bell: String, path: String) throws(BenchError) -> Int64
    {
        var began: Int64 = 0
        let code = komodo_baseline_enqueue_and_ring(path, bell, Int32(job), &began)
        try check(code, "store a job and tell of it")
        return began
    }
}

// MARK: History

extension Baseline {
    /// Stores finished jobs with their histories.
    static func generate(_ jobs: Range<Int>, path: String) throws(BenchError) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let code = komodo_baseline_generate(
            path, Int32(jobs.lowerBound), Int32(jobs.count), Int64(now.tv_sec) * 1_000)
        try check(code, "store a history")
    }

    /// What is read of a history.
    enum Query: Sendable {
        case list, show, stats

        fileprivate var code: komodo_baseline_query {
            switch self {
            case .list: KOMODO_BASELINE_LIST
            case .show: KOMODO_BASELINE_SHOW
            case .stats: KOMODO_BASELINE_STATS
            }
        }
    }

    /// - Returns: the time of each read.
    static func read(
        _ query: Query, times: Int, jobs: Int, path: String
    ) throws(BenchError) -> [Duration] {
        var nanoseconds = [Int64](repeating: 0, count: times)
        let code = komodo_baseline_read(
            path, query.code, Int32(times), Int32(jobs), &nanoseconds)
        try check(code, "read the history")
        return nanoseconds.map { .nanoseconds($0) }
    }

    /// Runs `body` while the present state of the database stays in sight of a reader.
    static func holding<Result>(
        _ path: String, _ body: () async throws -> Result
    ) async throws -> Result {
        var reader: UnsafeMutableRawPointer?
        try check(komodo_baseline_hold(path, &reader), "keep the state of a database")
        defer { komodo_baseline_release(reader) }
        return try await body()
    }
}

// MARK: Programs

extension Baseline {
    /// Runs a program from start to end.
    ///
    /// - Returns: the time that took; nil when there is no such program.
    static func run(
        _ words: [String], environment: [String: String]
    ) throws(BenchError) -> Duration? {
        var nanoseconds: Int64 = 0
        var status: Int32 = 0
        let error = withStrings(words) { arguments in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                komodo_baseline_run(arguments, variables, &nanoseconds, &status)
            }
        }
        guard error != ENOENT else { return nil }
        guard error == 0, status == 0 else {
            throw BenchError(
                "'\(words.joined(separator: " "))' "
                    + (error == 0
                        ? "ended with \(status)."
                        : "could not be run: \(String(cString: strerror(error)))."))
        }
        return .nanoseconds(nanoseconds)
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
