internal import JobStore

/// Stores jobs one by one, as fast as it can.
struct WritingPart: Sendable {
    private let store: SQLiteJobStore
    private let number: Int

    /// More jobs than one process stores in the longest measurement.
    static let jobsMax = 10_000_000

    /// What a process that stores jobs saw.
    struct Waits: Sendable {
        /// For each job that is stored.
        var waits: [Duration] = []
        /// Writes that gave up because others had the database.
        var busy = 0
    }

    init(database: String, number: Int) throws(StoreError) {
        store = try SQLiteJobStore.open(path: database, mode: .existing)
        self.number = number
    }

    func write(for time: Duration) async throws -> Waits {
        let clock = ContinuousClock()
        let end = clock.now + time
        var waits = Waits()
        var next = number * Self.jobsMax
        while clock.now < end {
            let start = clock.now
            if try await isStored(next) {
                waits.waits.append(clock.now - start)
                next += 1
            } else {
                waits.busy += 1
            }
        }
        try store.close()
        return waits
    }

    /// Stores a job, unless others have the database for too long.
    private func isStored(_ job: Int) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            _ = try await store.enqueue(Orders.requests(job..<job + 1))
            return true
        } catch {
            guard error.code == .busy else { throw error }
            return false
        }
    }
}
