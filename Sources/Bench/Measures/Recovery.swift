private import Glibc
private import JobStore

/// From the SIGKILL of a worker to the moment when another one has all of its running jobs.
struct Recovery: Measure {
    let name = "recovery"
    let summary = "a worker is killed; another one has its running jobs"

    private static let jobs = 20
    private static let roundsMax = 10
    private static let bar = Bar.atMost(2)
    /// Operations that do not end meanwhile.
    private static let timeScale = 1_000.0

    func figures(at site: Site) async throws -> [Figure] {
        let rounds = min(site.sizes.rounds, Self.roundsMax)
        return try await SimulatedWorld.with(
            site, deployments: Self.jobs, timeScale: Self.timeScale
        ) { world in
            var owner = try await world.startWorker()
            try await world.run(Self.jobs)
            var (standby, restart) = (Samples(), Samples())
            for _ in 0..<rounds {
                let other = try await world.startWorker()
                standby.add(try await self.recover(from: owner, world, site) { other })
                owner = other
                restart.add(
                    try await self.recover(from: owner, world, site) {
                        owner = try world.launchWorker()
                        return owner
                    })
            }
            return [
                Self.figure("standby", standby),
                // As a service manager does it, without its pause.
                Self.figure("restart", restart),
            ]
        }
    }

    private static func figure(_ name: String, _ samples: Samples) -> Figure {
        Figure(
            name, samples.percentile(1) / .seconds(1), .seconds, bar: bar,
            times: Figure.Times(samples))
    }

    /// Kills a worker, and waits until the one that `heir` gives has its jobs.
    private func recover(
        from owner: Crew.Member, _ world: SimulatedWorld, _ site: Site,
        heir: () async throws -> Crew.Member
    ) async throws -> Duration {
        let clock = ContinuousClock()
        owner.program.send(SIGKILL)
        let start = clock.now
        let heir = try await heir()
        try await site.crew.wait("another worker has the jobs", for: heir) {
            guard let id = try await world.identity(of: heir) else { return false }
            return try await world.store.owned(by: id).count == Self.jobs
        }
        return clock.now - start
    }
}
