internal import JSON

/// Four processes that store jobs at once.
///
/// The baseline is the C loop in four processes, with SQLite's own back-off.
struct Contention: Measure {
    let name = "contention"
    let summary = "four processes store jobs one by one, all at once"

    private static let processes = 4
    private static let seconds = 10

    func figures(at site: Site) async throws -> [Figure] {
        let seconds = site.sizes.seconds ?? Self.seconds
        let baseline = try await crowd(site, try site.bareDatabase("baseline"), "c") {
            .writeInC(database: $0, number: $1, seconds: seconds, report: $2)
        }
        let ours = try await crowd(site, try site.bareDatabase("ours"), "ours") {
            .write(database: $0, number: $1, seconds: seconds, report: $2)
        }
        return Self.figures(ours, baseline, seconds: seconds)
    }

    /// What all processes saw together.
    struct Crowd: Sendable {
        var waits = Samples()
        var busy = 0

        mutating func add(_ report: JSONValue) {
            waits.add(
                report["waits_ns"]?.array?.compactMap(\.int).map { .nanoseconds($0) } ?? [])
            busy += Int(report["busy"]?.int ?? 0)
        }
    }

    static func figures(_ ours: Crowd, _ baseline: Crowd, seconds: Int) -> [Figure] {
        let (times, others) = (Figure.Times(ours.waits), Figure.Times(baseline.waits))
        let rate = Double(ours.waits.durations.count) / Double(seconds)
        let other = Double(baseline.waits.durations.count) / Double(seconds)
        let rates = Figure.Rates(
            perSecond: rate, baselinePerSecond: other, ratio: other > 0 ? rate / other : .nan)
        return [
            Figure(
                "busy errors", Double(ours.busy), .count, bar: .atMost(0),
                baseline: Double(baseline.busy), rates: rates, times: times),
            Figure(
                "longest wait", ours.waits.percentile(1).milliseconds, .milliseconds,
                bar: .atMost(150), baseline: baseline.waits.percentile(1).milliseconds),
            Figure(
                "p99", times.p99.milliseconds, .milliseconds, baseline: others.p99.milliseconds),
        ]
    }

    private func crowd(
        _ site: Site, _ path: String, _ name: String,
        part: (_ path: String, _ number: Int, _ report: String) -> Part
    ) async throws -> Crowd {
        let reports = (0..<Self.processes).map { "\(site.folder)/waits-\(name)-\($0)" }
        var members: [Crew.Member] = []
        for (number, report) in reports.enumerated() {
            members.append(try await site.crew.startPart(part(path, number, report)))
        }
        for member in members { member.program.begin() }
        var crowd = Crowd()
        for (member, report) in zip(members, reports) {
            try await site.crew.end(of: member)
            crowd.add(try Part.report(report))
        }
        return crowd
    }
}
