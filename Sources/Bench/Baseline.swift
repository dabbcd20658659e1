private import CBaseline

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

    private static func check(_ code: Int32, _ task: String) throws(BenchError) {
        guard code != 0 else { return }
        throw BenchError("The C loop could not \(task): SQLite answered \(code).")
    }
}
