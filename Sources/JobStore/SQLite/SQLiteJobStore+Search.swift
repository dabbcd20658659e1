internal import GRDB
private import Jobs

extension SQLiteJobStore {
    /// The most jobs whose logs one search looks at, and the most bytes of them; the next page goes on.
    static let searchJobsMax = 20_000
    static let searchBytesMax = 256 << 20

    package func search(_ search: LogSearch) async throws(StoreError) -> LogSearchPage {
        var page = LogSearchPage()
        var place = search.before.map { LogNumber($0) } ?? .end
        var (jobs, bytes) = (0, 0)
        var lastJob: Int64?
        while true {
            let (start, limit) = (place, search.jobs.limit - page.hits.count)
            // A snapshot for each round: none lasts longer than a moment.
            let round = try await read { db in
                try LogFinder(db, search).round(before: start, limit: limit)
            }
            page.hits += round.hits
            page.next = round.next?.value
            lastJob = round.lastJob ?? lastJob
            jobs += round.jobs
            bytes += round.bytes
            guard let next = round.next, page.hits.count < search.jobs.limit else { break }
            guard jobs < Self.searchJobsMax, bytes < Self.searchBytesMax else {
                page.isCutShort = true
                break
            }
            place = next
        }
        let last = lastJob
        let (reachedAt, isIndexed) = try await read { db in
            (
                try Int64.fetchOne(
                    db, sql: "SELECT created_at FROM job WHERE id = ?", arguments: [last]),
                try LogIndex(db: db).isComplete()
            )
        }
        page.reachedAt = Timestamp(stored: reachedAt)
        page.isIndexed = isIndexed
        return page
    }
}
