internal import JobStore

/// Reads as people, agents and scripts do, without a pause.
struct ReadingPart: Sendable {
    private let store: SQLiteJobStore

    init(database: String) throws(StoreError) {
        store = try SQLiteJobStore.open(path: database, mode: .existing)
    }

    /// Walks the pages of the list and looks at a job of each, until it is cancelled or ended.
    func read() async throws {
        var query = JobQuery(limit: JobQuery.limitMax)
        while !Task.isCancelled {
            let page = try await store.jobs(query)
            if let job = page.jobs.first { _ = try await store.events(EventQuery(job.row)) }
            query.before = page.next
        }
    }
}
