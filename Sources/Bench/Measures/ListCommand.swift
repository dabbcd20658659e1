/// `komodo-jobs list` in a shell, from the start of the process to its end.
///
/// The baseline is Debian's `sqlite3` with the same rows; without it there is none.
struct ListCommand: Measure {
    let name = "list"
    let summary = "'komodo-jobs list' from the start of the process to its end"

    private static let runsPerRound = 5
    private static let rows = 1_000
    private static let query =
        "SELECT token, status, phase, operation, target_name, created_at FROM job"
        + " ORDER BY id DESC LIMIT 50"

    func figures(at site: Site) async throws -> [Figure] {
        let path = try site.bareDatabase("jobs")
        try Baseline.generate(0..<Self.rows, path: path)
        let ours = [try site.crew.program, "jobs", "list", "--db", path]
        let other = ["sqlite3", "-readonly", path, Self.query]
        let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": site.folder]
        var (samples, others) = (Samples(), Samples())
        for _ in 0..<site.sizes.rounds * Self.runsPerRound {
            try Task.checkCancellation()
            if let time = try Baseline.run(other, environment: environment) { others.add(time) }
            guard let time = try Baseline.run(ours, environment: environment) else {
                throw BenchError("The program \(ours[0]) is gone.")
            }
            samples.add(time)
        }
        return Self.figures(samples, others)
    }

    static func figures(_ ours: Samples, _ others: Samples) -> [Figure] {
        let times = Figure.Times(ours)
        return [
            Figure(
                "p50", times.p50.milliseconds, .milliseconds, bar: .atMost(30),
                baseline: others.durations.isEmpty ? nil : others.percentile(0.5).milliseconds,
                times: times)
        ]
    }
}
