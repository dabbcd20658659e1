private import JobStore

/// What one process does with the store, in turns with a C loop that does the least.
enum StoreRate: String, Measure, CaseIterable {
    case enqueue
    case concurrentEnqueue = "concurrent-enqueue"
    case bulkEnqueue = "bulk-enqueue"
    case drain

    var name: String { rawValue }

    var summary: String {
        switch self {
        case .enqueue: "one job per commit, one caller"
        case .concurrentEnqueue: "one job per call, 64 callers at once"
        case .bulkEnqueue: "100 jobs per commit"
        case .drain: "claim to finish with events, batches of 100, no remote"
        }
    }

    func figures(at site: Site) async throws -> [Figure] {
        let store = try site.database("ours")
        let baseline = try site.bareDatabase("baseline")
        try await store.register(Orders.worker)
        let trial = StoreTrial(store: store, baseline: baseline)
        var tally = Tally()
        for round in 0..<site.sizes.rounds {
            try Task.checkCancellation()
            tally.add(try await trial.round(self, round: round, jobs: site.sizes.jobs))
        }
        try store.close()
        return figures(tally)
    }

    private func figures(_ tally: Tally) -> [Figure] {
        let rates = tally.rates
        let times = Figure.Times(tally.samples)
        func ratio(_ bar: Bar, _ value: Double? = nil) -> Figure {
            Figure("ratio", value ?? rates.ratio, .ratio, bar: bar, rates: rates, times: times)
        }
        func rate(_ least: Double) -> Figure {
            Figure(
                "rate", rates.perSecond, .perSecond, bar: .atLeast(least),
                baseline: rates.baselinePerSecond)
        }
        return switch self {
        case .enqueue:
            [
                ratio(.atLeast(0.8)),
                Figure("p99", times.p99.milliseconds, .milliseconds, bar: .atMost(1)),
            ]
        // Of what one caller of ours gets.
        case .concurrentEnqueue: [ratio(.atLeast(5), tally.gain)]
        case .bulkEnqueue: [ratio(.atLeast(0.7)), rate(60_000)]
        case .drain: [ratio(.atLeast(0.8)), rate(25_000)]
        }
    }

    private struct Tally {
        var samples = Samples()
        private var ours: [Double] = []
        private var others: [Double] = []
        private var gains: [Double] = []

        /// How many times the rate of one caller all callers get.
        var gain: Double { gains.median }

        var rates: Figure.Rates {
            Figure.Rates(
                perSecond: ours.median, baselinePerSecond: others.median,
                ratio: zip(ours, others).map { $0 / $1 }.median)
        }

        mutating func add(_ round: StoreTrial.Round) {
            samples.add(round.samples)
            ours.append(Double(round.jobs) / (round.time / .seconds(1)))
            others.append(Double(round.baselineJobs) / (round.baselineTime / .seconds(1)))
            if let alone = round.aloneTime, let rate = ours.last {
                gains.append(rate / (Double(round.baselineJobs) / (alone / .seconds(1))))
            }
        }
    }
}
