private import Glibc
private import JSON
private import JobStore

/// The write-ahead log while others read.
///
/// Two processes store as many jobs in seconds as a busy installation in a day. First readers of
/// ours read without a pause; then somebody else's keeps one state in sight all the time, which
/// nobody can bound, beside the C loop with SQLite's own checkpoints.
struct LogGrowth: Measure {
    let name = "log"
    let summary = "the longest write-ahead log while others read all the time"

    private static let writers = 2
    private static let readers = 2
    private static let seconds = 15
    private static let look: Duration = .milliseconds(10)
    private static let bar = Bar.atMost(64)

    func figures(at site: Site) async throws -> [Figure] {
        let seconds = site.sizes.seconds ?? Self.seconds
        let own = try await ours(site, "own", seconds: seconds, readers: Self.readers)
        let foreign = try await ours(site, "foreign", seconds: seconds, readers: 0)
        let baseline = try await self.baseline(site, seconds: seconds)
        return [
            Figure("own readers", own.mebibytes, .mebibytes, bar: Self.bar),
            Figure("commits beside own readers", own.perSecond, .perSecond),
            Figure(
                "foreign snapshot", foreign.mebibytes, .mebibytes, baseline: baseline.mebibytes),
            Figure(
                "commits beside foreign snapshot", foreign.perSecond, .perSecond,
                baseline: baseline.perSecond),
        ]
    }

    private struct Growth {
        let mebibytes: Double
        let perSecond: Double
    }

    private func ours(
        _ site: Site, _ name: String, seconds: Int, readers: Int
    ) async throws -> Growth {
        let store = try site.database(name)
        var members: [Crew.Member] = []
        for _ in 0..<readers {
            members.append(try await site.crew.startPart(.read(database: store.path)))
        }
        for member in members { member.program.begin() }
        let growth = try await grow(
            site, store.path, seconds: seconds, keepsState: readers == 0,
            // As a worker does each second.
            tick: { _ = try store.checkpointer.checkpoint(persistently: true) }
        ) {
            .write(database: store.path, number: $0, seconds: seconds, report: $1)
        }
        for member in members { member.program.send(SIGKILL) }
        try store.close()
        return growth
    }

    private func baseline(_ site: Site, seconds: Int) async throws -> Growth {
        let path = try site.bareDatabase("baseline")
        return try await grow(site, path, seconds: seconds, keepsState: true, tick: {}) {
            .writeInC(database: path, number: $0, seconds: seconds, report: $1)
        }
    }

    /// Lets writers write, and looks at the log all the time.
    private func grow(
        _ site: Site, _ path: String, seconds: Int, keepsState: Bool,
        tick: @escaping @Sendable () throws -> Void,
        part: (_ number: Int, _ report: String) -> Part
    ) async throws -> Growth {
        var (members, reports): ([Crew.Member], [String]) = ([], [])
        for number in 0..<Self.writers {
            reports.append("\(path)-writer-\(number)")
            members.append(try await site.crew.startPart(part(number, reports[number])))
        }
        for member in members { member.program.begin() }
        let most =
            if keepsState {
                try await Baseline.holding(path) { try await longest(path, members, tick) }
            } else {
                try await longest(path, members, tick)
            }
        var commits = 0
        for (member, report) in zip(members, reports) {
            try await site.crew.end(of: member)
            commits += try Part.report(report)["waits_ns"]?.array?.count ?? 0
        }
        return Growth(
            mebibytes: Double(most) / Double(1 << 20),
            perSecond: Double(commits) / Double(seconds))
    }

    /// The longest that the log is until all writers have ended.
    private func longest(
        _ path: String, _ members: [Crew.Member], _ tick: @escaping @Sendable () throws -> Void
    ) async throws -> Int {
        let clock = ContinuousClock()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                while true {
                    try tick()
                    try await clock.sleep(for: .seconds(1))
                }
            }
            var most = 0
            while members.contains(where: { $0.program.outcome == nil }) {
                most = max(most, FileFacts.size(of: path + "-wal"))
                try await clock.sleep(for: Self.look)
            }
            return most
        }
    }
}
