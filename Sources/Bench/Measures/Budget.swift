private import Glibc
internal import JobStore
internal import Jobs

/// Processes that want more of the shared budget than there is, one of them killed.
struct Budget: Measure {
    let name = "budget"
    let summary = "the rate budget that four processes share, one killed, on a fast clock"

    private static let processes = 4
    private static let seconds = 30

    func figures(at site: Site) async throws -> [Figure] {
        let seconds = site.sizes.seconds ?? Self.seconds
        let path = try site.bareDatabase("budget")
        var logs: [String] = []
        func start() async throws -> Crew.Member {
            logs.append("\(site.folder)/spent-\(logs.count)")
            return try await site.crew.startPart(.spend(database: path, log: logs[logs.count - 1]))
        }
        var members: [Crew.Member] = []
        for _ in 0..<Self.processes { members.append(try await start()) }
        for member in members { member.program.begin() }
        let half = Duration.seconds(seconds) / 2
        try await ContinuousClock().sleep(for: half)
        members[0].program.send(SIGKILL)
        try await start().program.begin()
        try await ContinuousClock().sleep(for: half)
        for member in members { member.program.send(SIGKILL) }
        let moments = logs.flatMap { MomentLog.lines($0).flatMap { $0 } }
        return Self.figures(BudgetUse(moments, SpendingPart.limits))
    }

    static func figures(_ use: BudgetUse) -> [Figure] {
        [
            Figure(
                "requests in 60 s", Double(use.mostInAMinute), .count,
                bar: .atMost(Double(use.limits.burst))),
            Figure("usable", use.leastShare * 100, .percent, bar: .atLeast(95)),
        ]
    }
}

/// What was made of a budget, by the moments of its requests.
struct BudgetUse: Sendable {
    let limits: TokenBucket.Limits
    private let moments: [Int64]

    private static let minute: Int64 = 60_000
    /// What the bucket may hold for the moment when the burst counts as spent.
    private static let rest = 6.0

    /// - Parameter moments: in milliseconds, in any order.
    init(_ moments: [Int64], _ limits: TokenBucket.Limits) {
        self.moments = moments.sorted()
        self.limits = limits
    }

    /// The most requests in any 60 s; milliseconds are cut, so the end counts too.
    var mostInAMinute: Int {
        var (most, first) = (0, 0)
        for (last, moment) in moments.enumerated() {
            while moment - moments[first] > Self.minute { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    /// The share of the limit that was used in the worst minute after the burst was spent, or in
    /// what there is of the only one; 0 when it was not spent.
    var leastShare: Double {
        guard let spent, let last = moments.last, last > spent else { return 0 }
        let minutes = max(1, (last - spent) / Self.minute)
        let length = min(Self.minute, last - spent)
        let perMillisecond = Double(limits.perMinute) / Double(Self.minute)
        return (0..<minutes).map { number in
            let start = spent + number * length
            let count = moments.count { $0 > start && $0 <= start + length }
            return Double(count) / (perMillisecond * Double(length))
        }.min() ?? 0
    }

    /// When the bucket can have held hardly anything any more.
    private var spent: Int64? {
        guard let first = moments.first else { return nil }
        let perMillisecond = Double(limits.perMinute) / Double(Self.minute)
        return moments.enumerated().first { count, moment in
            Double(count + 1) >= limits.capacity + perMillisecond * Double(moment - first)
                - Self.rest
        }?.element
    }
}
