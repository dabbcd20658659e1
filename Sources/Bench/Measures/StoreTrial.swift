internal import JobStore
internal import Jobs

/// One database of ours and one of the C loop, measured in turns.
struct StoreTrial: Sendable {
    let store: SQLiteJobStore
    /// The path of the C loop's database.
    let baseline: String

    private static let callers = 64
    private static let batch = 100
    /// So much more is done in a round of what is quicker per job.
    private static let batchRounds = 10

    /// What one turn of each saw.
    struct Round: Sendable {
        /// The times of our calls.
        let samples: [Duration]
        let jobs: Int
        let time: Duration
        let baselineJobs: Int
        let baselineTime: Duration
        /// The time of one caller of ours for as many jobs as the loop stored, where that counts.
        var aloneTime: Duration?
    }

    func round(_ measure: StoreRate, round: Int, jobs: Int) async throws -> Round {
        let some = Self.numbers(round, jobs)
        let many = Self.numbers(round, jobs * Self.batchRounds)
        return switch measure {
        case .enqueue:
            try await compare(some, some, perCommit: 1) { requests in
                try await enqueue(requests, perCall: 1)
            }
        case .concurrentEnqueue:
            try await compareAlone(some, many)
        case .bulkEnqueue:
            try await compare(many, many, perCommit: Self.batch) { requests in
                try await enqueue(requests, perCall: Self.batch)
            }
        case .drain: try await compareDrain(many)
        }
    }

    private static func numbers(_ round: Int, _ count: Int) -> Range<Int> {
        round * count..<(round + 1) * count
    }

    /// Lets the C loop store `others`, then us `numbers`.
    private func compare(
        _ numbers: Range<Int>, _ others: Range<Int>, perCommit: Int,
        ours: ([EnqueueRequest]) async throws -> [Duration]
    ) async throws -> Round {
        let requests = Orders.requests(numbers)
        let commits = try Baseline.enqueue(others, perCommit: perCommit, path: baseline)
        var samples: [Duration] = []
        let time = try await ContinuousClock().measure { samples = try await ours(requests) }
        return Round(
            samples: samples, jobs: numbers.count, time: time, baselineJobs: others.count,
            baselineTime: commits.reduce(.zero, +))
    }

    /// Lets the C loop and one caller of ours store `some`, then many callers `numbers`.
    private func compareAlone(_ some: Range<Int>, _ numbers: Range<Int>) async throws -> Round {
        // Equal requests would join each other.
        let others = Orders.requests(some.lowerBound + Self.apart..<some.upperBound + Self.apart)
        let alone = try await ContinuousClock().measure {
            _ = try await enqueue(others, perCall: 1)
        }
        var round = try await compare(numbers, some, perCommit: 1, ours: enqueueTogether)
        round.aloneTime = alone
        return round
    }

    /// More than all rounds have jobs.
    private static let apart = 1_000_000_000

    private func enqueue(
        _ requests: [EnqueueRequest], perCall: Int
    ) async throws -> [Duration] {
        let clock = ContinuousClock()
        var samples: [Duration] = []
        for start in stride(from: 0, to: requests.count, by: perCall) {
            let some = Array(requests[start..<min(start + perCall, requests.count)])
            samples.append(try await clock.measure { try await store(some) })
        }
        return samples
    }

    private func store(_ requests: [EnqueueRequest]) async throws {
        for result in try await store.enqueue(requests) {
            guard case .created = result else {
                throw BenchError("A job was not stored but answered with \(result).")
            }
        }
    }

    private func enqueueTogether(_ requests: [EnqueueRequest]) async throws -> [Duration] {
        let share = (requests.count + Self.callers - 1) / Self.callers
        return try await withThrowingTaskGroup(of: [Duration].self) { group in
            for start in stride(from: 0, to: requests.count, by: share) {
                let some = Array(requests[start..<min(start + share, requests.count)])
                group.addTask { try await enqueue(some, perCall: 1) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    // MARK: Drain

    private func compareDrain(_ numbers: Range<Int>) async throws -> Round {
        let clock = ContinuousClock()
        _ = try Baseline.enqueue(numbers, perCommit: Self.batch, path: baseline)
        _ = try await enqueue(Orders.requests(numbers), perCall: Self.batch)
        let baselineTime = try clock.measure {
            try Baseline.drain(numbers, batch: Self.batch, path: baseline)
        }
        var samples: [Duration] = []
        var drained = 0
        let time = try await clock.measure {
            while drained < numbers.count {
                samples.append(
                    try await clock.measure { drained += try await drainBatch(numbers, drained) })
            }
        }
        return Round(
            samples: samples, jobs: drained, time: time, baselineJobs: numbers.count,
            baselineTime: baselineTime)
    }

    private func drainBatch(_ numbers: Range<Int>, _ drained: Int) async throws -> Int {
        let claimed = try await store.claim(Orders.worker, limit: Self.batch)
        guard !claimed.isEmpty else {
            throw BenchError("\(drained) of \(numbers.count) jobs were there to be claimed.")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in claimed { group.addTask { try await finish(job) } }
            try await group.waitForAll()
        }
        return claimed.count
    }

    private func finish(_ job: JobRecord) async throws {
        guard let lease = job.lease,
            case .recorded = try await store.recordIntent(lease, Orders.intent),
            case .applied = try await store.advance(
                lease, by: .submitted(.accepted(.update("run-\(job.row)"))), Findings()),
            case .applied = try await store.advance(
                lease, by: .concluded(.succeeded), Findings())
        else { throw BenchError("\(job.id) could not be finished.") }
    }
}
