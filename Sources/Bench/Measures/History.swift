private import JobStore

/// Reads and writes beside a history of finished jobs.
struct History: Measure {
    let name = "history"
    let summary = "list, show, stats, enqueue and claim beside many finished jobs"

    private static let readsPerRound = 20
    private static let writesPerRound = 100
    private static let page = 50

    func figures(at site: Site) async throws -> [Figure] {
        let path = try site.bareDatabase("history")
        try Baseline.generate(0..<site.sizes.rows, path: path)
        let store = try site.database("history")
        try await store.register(Orders.worker)
        var figures: [Figure] = []
        for read in Read.allCases {
            figures.append(try await self.figure(read, store, site))
        }
        figures += try await writes(store, site)
        try store.close()
        return figures
    }

    private enum Read: String, CaseIterable {
        case list, show, stats

        var query: Baseline.Query {
            switch self {
            case .list: .list
            case .show: .show
            case .stats: .stats
            }
        }

        var bar: Bar {
            switch self {
            case .list: .atMost(10)
            case .show: .atMost(2)
            case .stats: .atMost(200)
            }
        }
    }

    private func figure(_ read: Read, _ store: SQLiteJobStore, _ site: Site) async throws -> Figure
    {
        let clock = ContinuousClock()
        // All jobs are looked at for the counts, so they take longest by far.
        let count = read == .stats ? 2 : Self.readsPerRound
        var (ours, others) = (Samples(), Samples())
        for round in 0..<site.sizes.rounds {
            try Task.checkCancellation()
            others.add(
                try Baseline.read(
                    read.query, times: count, jobs: site.sizes.rows, path: store.path))
            for number in 0..<count {
                let row = Int64((round * count + number) * 7_919 % site.sizes.rows + 1)
                ours.add(try await clock.measure { try await self.read(read, row, store) })
            }
        }
        return Figure(
            read.rawValue, ours.percentile(0.99).milliseconds, .milliseconds, bar: read.bar,
            baseline: others.percentile(0.99).milliseconds, times: Figure.Times(ours))
    }

    private func read(_ read: Read, _ row: Int64, _ store: SQLiteJobStore) async throws {
        switch read {
        case .list: _ = try await store.jobs(JobQuery(limit: Self.page))
        case .show:
            guard let job = try await store.job(row: row) else {
                throw BenchError("The job of row \(row) is not in the history.")
            }
            _ = try await store.job("\(job.id)")
            _ = try await store.events(EventQuery(row))
        case .stats: _ = try await store.stats(since: nil)
        }
    }

    /// Single commits and claims of single jobs, which the history should not slow down.
    private func writes(_ store: SQLiteJobStore, _ site: Site) async throws -> [Figure] {
        let clock = ContinuousClock()
        var (enqueues, claims) = (Samples(), Samples())
        for number in 0..<site.sizes.rounds * Self.writesPerRound {
            try Task.checkCancellation()
            let request = Orders.requests(site.sizes.rows + number..<site.sizes.rows + number + 1)
            enqueues.add(try await clock.measure { _ = try await store.enqueue(request) })
            claims.add(
                try await clock.measure {
                    guard try await store.claim(Orders.worker, limit: 1).count == 1 else {
                        throw BenchError("A job that was stored could not be claimed.")
                    }
                })
        }
        return [("enqueue", enqueues), ("claim", claims)].map { name, samples in
            Figure(
                name, samples.percentile(0.5).milliseconds, .milliseconds,
                times: Figure.Times(samples))
        }
    }
}
