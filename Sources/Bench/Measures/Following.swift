private import KomodoSimulator

/// A worker whose jobs all run in Komodo.
struct Following: Measure {
    let name = "following"
    let summary = "requests to Komodo that a worker needs to follow running jobs"

    private static let seconds = 60
    /// By then the pauses between two looks have grown to their longest.
    private static let settling: Duration = .seconds(30)
    private static let settlingShort: Duration = .seconds(1)
    /// Operations that do not end meanwhile.
    private static let timeScale = 10_000.0
    private static let bar = Bar.atMost(30)

    func figures(at site: Site) async throws -> [Figure] {
        let time = Duration.seconds(site.sizes.seconds ?? Self.seconds)
        let jobs = site.sizes.followed
        return try await SimulatedWorld.with(
            site, deployments: jobs, timeScale: Self.timeScale
        ) { world in
            let worker = try await world.startWorker()
            try await world.run(jobs)
            let isShort = time < Self.settling
            try await ContinuousClock().sleep(for: isShort ? Self.settlingShort : Self.settling)
            let before = try ProcessFacts(pid: worker.program.pid)
            let asked = world.simulator.ledger.requestCount
            try await ContinuousClock().sleep(for: time)
            let after = try ProcessFacts(pid: worker.program.pid)
            let requests = world.simulator.ledger.requestCount - asked
            return Self.figures(
                requests: requests, processorTime: after.processorTime - before.processorTime,
                over: time, jobs: jobs)
        }
    }

    static func figures(
        requests: Int, processorTime: Duration, over time: Duration, jobs: Int
    ) -> [Figure] {
        [
            Figure(
                "requests", Double(requests) * (.seconds(60) / time), .perMinute,
                // It is meant for so many.
                bar: jobs <= Sizes.followedDefault ? bar : nil),
            Figure("processor", processorTime / time * 100, .percent),
        ]
    }
}
