internal import JobStore

/// Measures the job store beside a C loop that does the least, in turns, on the same disk.
package struct Bench: Sendable {
    /// An empty folder on the disk in question, for one measure; its databases stay there.
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
        let fsync = try MachineState.fsync(in: folder)
        let store = try database("ours")
        let baseline = try database("baseline")
        // Only its schema is wanted.
        try baseline.close()
        try await store.register(Orders.worker)
        let trial = Trial(store: store, baseline: baseline.path)
        var tally = Tally()
        for round in 0..<rounds {
            tally.add(try await trial.round(measure, round: round, jobs: jobs))
        }
        try store.close()
        return Figures(
            measure: measure, perSecond: tally.rates.median,
            p50: tally.samples.percentile(0.5), p99: tally.samples.percentile(0.99),
            baselinePerSecond: tally.baselineRates.median, ratio: tally.ratios.median,
            load: MachineState.load(), fsync: fsync)
    }

    private func database(_ name: String) throws(StoreError) -> SQLiteJobStore {
        try SQLiteJobStore.open(
            path: "\(folder)/\(name).db", mode: .create(makingFolder: false))
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
