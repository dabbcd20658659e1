private import JSON
private import JobStore

/// From the call that stores a job in one process to its claim by a worker in another.
///
/// The baseline is a datagram after a commit, and a claim after the datagram, in C.
struct PickUp: Measure {
    let name = "pick-up"
    let summary = "a job stored in one process, claimed by the worker in another"

    private static let jobsPerRound = 20
    /// Of the path of a socket, without its final zero.
    private static let bellBytesMax = 107
    /// So that the worker is done with a job before the next one.
    private static let pause: Duration = .milliseconds(30)
    /// The shortest operations of the simulated Komodo.
    private static let timeScale = 0.001

    func figures(at site: Site) async throws -> [Figure] {
        let count = site.sizes.rounds * Self.jobsPerRound
        let baseline = try await self.baseline(count, site)
        let ours = try await self.ours(count, site)
        let (times, others) = (Figure.Times(ours), Figure.Times(baseline))
        return [
            Figure(
                "p50", times.p50.milliseconds, .milliseconds, bar: .atMost(1),
                baseline: others.p50.milliseconds, times: times),
            Figure(
                "p99", times.p99.milliseconds, .milliseconds, bar: .atMost(5),
                baseline: others.p99.milliseconds),
        ]
    }

    private func ours(_ count: Int, _ site: Site) async throws -> Samples {
        let claims = "\(site.folder)/claims"
        return try await SimulatedWorld.with(
            site, deployments: count, timeScale: Self.timeScale
        ) { world in
            let worker = try await world.startWorker(claims: claims)
            var begun: [Int64: Int64] = [:]
            for number in 0..<count {
                let start = Baseline.now
                guard let job = try await world.store.enqueue([world.deployment(number)])[0].job
                else { throw BenchError("A job was not stored.") }
                begun[job.row] = start
                try await ContinuousClock().sleep(for: Self.pause)
            }
            try await site.crew.wait("all jobs are claimed", for: worker) {
                MomentLog.lines(claims).count >= count
            }
            return Samples(
                MomentLog.lines(claims).compactMap { line in
                    begun[line[0]].map { .nanoseconds(line[1] - $0) }
                })
        }
    }

    private func baseline(_ count: Int, _ site: Site) async throws -> Samples {
        let path = try site.bareDatabase("baseline")
        let bell = "\(site.folder)/bell"
        guard bell.utf8.count <= Self.bellBytesMax else {
            throw BenchError("The path \(bell) is too long for a socket; name a shorter --folder.")
        }
        let report = "\(site.folder)/claimed"
        let part = try await site.crew.startPart(
            .claimInC(database: path, bell: bell, count: count, report: report))
        part.program.begin()
        var begun: [Int64] = []
        for number in 0..<count {
            begun.append(try Baseline.enqueue(number, ringing: bell, path: path))
            try await ContinuousClock().sleep(for: Self.pause)
        }
        try await site.crew.end(of: part)
        let claimed = try Part.report(report)["claimed_ns"]?.array?.compactMap(\.int) ?? []
        return Samples(zip(begun, claimed).map { .nanoseconds($1 - $0) })
    }
}
