internal import JobStore

/// Measures the job store beside a C loop that does the least, in turns, on the same disk.
package struct Bench: Sendable {
    /// A folder on the disk in question; what is made there is removed again.
    private let folder: String
    private let rounds: Int
    /// Jobs of a round of the measure that is slowest per job.
    private let jobs: Int

    package static let roundsDefault = 9
    package static let roundsMax = 1_000
    package static let jobsDefault = 1_000

    package init(
        folder: String, rounds: Int = roundsDefault, jobs: Int = jobsDefault
    ) {
        self.folder = folder
        self.rounds = rounds
        self.jobs = jobs
    }

    /// Measures one thing.
    package func run(_ measure: Measure) async throws -> Figures {
        let place = try Scratch(in: folder)
        do {
            let figures = try await run(measure, in: place)
            try place.remove()
            return figures
        } catch {
            // What went wrong first is what counts.
            try? place.remove()
            throw error
        }
    }

    private func run(_ measure: Measure, in place: Scratch) async throws -> Figures {
        let fsync = try MachineState.fsync(in: place.path)
        let ours = try place.database("ours")
        let other = try place.database("baseline")
        // Only its schema is wanted.
        try other.store.close()
        try await ours.store.register(Orders.worker)
        let trial = Trial(store: ours.store, baseline: other.path)
        var tally = Tally()
        for round in 0..<rounds {
            tally.add(try await trial.round(measure, round: round, jobs: jobs))
        }
        try ours.store.close()
        return Figures(
            measure: measure, perSecond: tally.rates.median,
            p50: tally.samples.percentile(0.5), p99: tally.samples.percentile(0.99),
            baselinePerSecond: tally.baselineRates.median, ratio: tally.ratios.median,
            load: MachineState.load(), fsync: fsync)
    }

    private struct Tally {
        var samples = Samples()
        var rates: [Double] = []
        var baselineRates: [Double] = []
        var ratios: [Double] { zip(rates, baselineRates).map { $0 / $1 } }

        mutating func add(_ round: Trial.Round) {
            samples.add(round.samples)
            rates.append(Double(round.jobs) / (round.time / .seconds(1)))
            baselineRates.append(Double(round.baselineJobs) / (round.baselineTime / .seconds(1)))
        }
    }
}
