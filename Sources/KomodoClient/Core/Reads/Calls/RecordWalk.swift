internal import JSON
internal import Jobs
internal import Synchronization

/// What is known of a record of Core that has no total: its entries from the newest on.
struct RecordWalk: Sendable {
    /// How many of Core's pages are read for one list; a page has 100 entries.
    static let pagesMax = 10

    private(set) var entries: [JSONValue] = []
    /// Core's page that follows; nil at the end of the record.
    private(set) var nextPage: Int? = 0
    private(set) var pagesRead = 0
    private var seen: Set<String> = []
    /// When the first page was read, on the client's own clock.
    let startedAt: Duration

    init(at now: Duration) { startedAt = now }

    /// Whether there may be older entries.
    var hasMore: Bool { nextPage != nil }
    /// Whether there may be older entries that are not read.
    var isAtLimit: Bool { hasMore && pagesRead >= Self.pagesMax }

    /// The page to read so that `count` entries are known; nil when there is none to read.
    func page(toKnow count: Int) -> Int? {
        entries.count < count && pagesRead < Self.pagesMax ? nextPage : nil
    }

    /// Adds the answer to a request for ``page(toKnow:)``.
    ///
    /// - Parameter key: what the list of entries is called in the answer.
    mutating func add(_ answer: JSONValue, _ key: String) throws(KomodoError) {
        guard let found = answer[key]?.array else {
            throw KomodoError(.malformed, "Komodo's list of \(key) is not a list.")
        }
        // What is new meanwhile moves entries on to the next page, where they come again.
        for entry in found {
            guard let id = (entry["_id"] ?? entry["id"])?.objectID else { continue }
            if seen.insert(id).inserted { entries.append(entry) }
        }
        pagesRead += 1
        let last = nextPage ?? 0
        nextPage = answer["next_page"]?.int.flatMap { Int(exactly: $0) }.flatMap {
            $0 > last ? $0 : nil
        }
    }
}

extension CoreKomodo {
    /// The entries of a record up to the end of a page, from as few requests as possible.
    ///
    /// The first page is always read anew. Later ones go on where an earlier call for the same
    /// record stopped, so that paging through it reads nothing twice. All of it takes
    /// ``KomodoConnection/walkTimeout`` at most.
    func walk(
        _ key: String, _ filter: JSONObject, to page: PageRequest,
        request: (Int) -> OutgoingRequest
    ) async throws(KomodoError) -> RecordWalk {
        let now = surroundings.now()
        let name = "\(key) \(JSONValue.object(filter).serialized())"
        var walk = RecordWalk(at: now)
        if page.number > 1, let known = readCache.withLock({ $0.walk(name, at: now) }) {
            walk = known
        }
        let (count, overflows) = page.number.multipliedReportingOverflow(by: page.size)
        let end = now + connection.walkTimeout
        while let next = walk.page(toKnow: overflows ? .max : count) {
            guard surroundings.now() < end else {
                throw connection.walkTookTooLong(key, pages: walk.pagesRead)
            }
            try walk.add(try await json(request(next), for: .read, within: end), key)
        }
        readCache.withLock { [walk] in $0.keep(walk, name) }
        return walk
    }
}
