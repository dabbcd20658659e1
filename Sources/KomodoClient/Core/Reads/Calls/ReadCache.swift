internal import Jobs

/// What reads remember between calls, because it hardly changes.
struct ReadCache: Sendable {
    /// How long names of tags are used.
    static let tagsMax: Duration = .seconds(60)
    /// How many ended runs are remembered.
    static let endsMax = 256

    /// How long a walk through a record is gone on with, and how many walks are remembered.
    static let walkMax: Duration = .seconds(60)
    static let walksMax = 4

    private var tagNames: [String: String] = [:]
    private var tagsFetchedAt: Duration?
    private var ends: [String: ExecutionRecord.End] = [:]
    private var order: [String] = []
    private var walks: [(name: String, walk: RecordWalk)] = []

    /// The names of tags by id, when they are recent.
    func tags(at now: Duration) -> [String: String]? {
        guard let tagsFetchedAt, now - tagsFetchedAt <= Self.tagsMax else { return nil }
        return tagNames
    }

    /// Remembers the names of tags.
    mutating func keep(tags: [String: String], at now: Duration) {
        tagNames = tags
        tagsFetchedAt = now
    }

    /// What the update of a run that ended tells; it never changes.
    func end(of id: String) -> ExecutionRecord.End? { ends[id] }

    /// Remembers the end of a run, and forgets the oldest when there are too many.
    mutating func keep(_ end: ExecutionRecord.End, of id: String) {
        guard ends.updateValue(end, forKey: id) == nil else { return }
        order.append(id)
        if order.count > Self.endsMax { ends[order.removeFirst()] = nil }
    }

    /// What is known of the record called `name`, when it is recent.
    func walk(_ name: String, at now: Duration) -> RecordWalk? {
        walks.first { $0.name == name && now - $0.walk.startedAt <= Self.walkMax }?.walk
    }

    /// Remembers a walk, and forgets the oldest when there are too many.
    mutating func keep(_ walk: RecordWalk, _ name: String) {
        walks.removeAll { $0.name == name }
        walks.append((name, walk))
        if walks.count > Self.walksMax { walks.removeFirst() }
    }
}
