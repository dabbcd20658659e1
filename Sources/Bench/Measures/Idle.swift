/// A worker without jobs.
struct Idle: Measure {
    let name = "idle"
    let summary = "memory, processor and wake-ups of a worker without jobs"

    private static let seconds = 30
    /// What the start leaves to do is done by then.
    private static let settling: Duration = .seconds(3)

    func figures(at site: Site) async throws -> [Figure] {
        let time = Duration.seconds(site.sizes.seconds ?? Self.seconds)
        return try await SimulatedWorld.with(site, deployments: 0, timeScale: 1) { world in
            let worker = try await world.startWorker()
            try await ContinuousClock().sleep(for: Self.settling)
            let before = try ProcessFacts(pid: worker.program.pid)
            try await ContinuousClock().sleep(for: time)
            return Self.figures(before, try ProcessFacts(pid: worker.program.pid), over: time)
        }
    }

    static func figures(
        _ before: ProcessFacts, _ after: ProcessFacts, over time: Duration
    ) -> [Figure] {
        let share = (after.processorTime - before.processorTime) / time
        let switches = Double(after.switches - before.switches) / (time / .seconds(1))
        return [
            Figure(
                "memory", Double(after.residentBytes) / Double(1 << 20), .mebibytes,
                bar: .atMost(40)),
            Figure("processor", share * 100, .percent, bar: .atMost(0.05)),
            Figure("wake-ups", switches, .perSecond),
        ]
    }
}
