internal import GRDB
internal import Jobs

/// Looks for a text in logs, the newest first, on one snapshot.
///
/// The index names logs that may hold the text; those that it does not know yet are looked through.
struct LogFinder {
    private let db: Database
    private let search: LogSearch
    private let expression: String
    private let needle: String

    /// The most jobs of one round that the index names, and that it does not know.
    static let roundMax = 256
    /// The most bytes of logs that are read on one snapshot.
    private static let roundBytesMax = 16 << 20

    init(_ db: Database, _ search: LogSearch) {
        self.db = db
        self.search = search
        needle = LogExcerpt.lowered(search.text)
        expression = Self.expression(search.text)
    }

    /// What one snapshot showed.
    struct Round {
        var hits: [LogHit] = []
        /// Where to go on; nil when everything was looked at.
        var next: LogNumber?
        var jobs = 0
        var bytes = 0
        var lastJob: Int64?
    }

    /// Looks at the next logs before `end`.
    ///
    /// - Parameter limit: the most hits.
    func round(before end: LogNumber, limit: Int) throws -> Round {
        var round = Round()
        guard let floor = try floor() else { return round }
        let (jobs, next) = try candidates(before: end.jobsEnd, floor: floor)
        round.next = next.map { LogNumber(job: $0) }
        for job in jobs {
            round.jobs += 1
            round.lastJob = job
            if let place = try examine(job, before: end, limit: limit, &round) {
                round.next = place
                break
            }
            guard round.hits.count < limit, round.bytes < Self.roundBytesMax else {
                if job != jobs.last { round.next = LogNumber(job: job) }
                break
            }
        }
        return round
    }

    /// Below this job are none of the wanted time; nil when there are none at all.
    private func floor() throws -> Int64? {
        guard let since = search.jobs.since else { return 0 }
        return try Int64.fetchOne(
            db, sql: Self.floorSQL, arguments: ["since": since.milliseconds])
    }

    static let floorSQL = """
        SELECT min(id) FROM (SELECT id FROM job INDEXED BY job_created WHERE created_at >= :since
            ORDER BY created_at LIMIT \(JobTable.sinceRowsMax))
        """

    // MARK: Candidates

    /// The next jobs whose logs may hold the text, in descending order, and before which to go on.
    private func candidates(
        before end: Int64, floor: Int64
    ) throws -> (jobs: [Int64], next: Int64?) {
        let below = try LogIndex(db: db).below()
        guard end > below else { return try older(before: end, floor: floor) }
        let isLast = floor > below || below == 0
        var floor = max(floor, below)
        var isWhole = true
        var found: Set<Int64> = []
        let bounds: StatementArguments = ["end": end, "floor": floor, "limit": Self.roundMax]
        for (sql, arguments) in [
            (Self.indexedSQL, bounds + ["expression": expression]), (Self.unindexedSQL, bounds),
        ] {
            let jobs = try Int64.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
            found.formUnion(jobs)
            if jobs.count == Self.roundMax, let last = jobs.last {
                floor = max(floor, last)
                isWhole = false
            }
        }
        let jobs = found.filter { $0 >= floor }.sorted(by: >)
        guard isWhole else { return (jobs, floor) }
        return (jobs, isLast ? nil : below)
    }

    static let indexedSQL = """
        SELECT rowid FROM log_index WHERE log_index MATCH :expression
            AND rowid < :end AND rowid >= :floor ORDER BY rowid DESC LIMIT :limit
        """

    static let unindexedSQL = """
        SELECT job_id FROM unindexed_job WHERE job_id < :end AND job_id >= :floor
        ORDER BY job_id DESC LIMIT :limit
        """

    /// Jobs with logs of before the index.
    private func older(
        before end: Int64, floor: Int64
    ) throws -> (jobs: [Int64], next: Int64?) {
        let jobs = try Int64.fetchAll(
            try db.cachedStatement(sql: LogIndex.olderSQL),
            arguments: ["below": end, "limit": Self.roundMax])
        let wanted = jobs.filter { $0 >= floor }
        return (wanted, jobs.count == Self.roundMax && wanted.count == jobs.count ? jobs.last : nil)
    }

    /// The text's groups of three letters, all of which a piece must hold; nothing of the text means
    /// anything else to the index.
    static func expression(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var terms: [String] = []
        for start in 0...(scalars.count - LogSearch.lengthMin) {
            var letters = String.UnicodeScalarView()
            // A quote may be one character with the letter after it.
            for scalar in scalars[start..<start + LogSearch.lengthMin] {
                letters.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar])
            }
            let quoted = String(letters)
            if !terms.contains(quoted) { terms.append(quoted) }
        }
        // The first ones, the last ones and some between tell as much as all of a long text.
        let step = max(1, (terms.count + termsMax - 1) / termsMax)
        return terms.enumerated().filter { $0.offset % step == 0 }
            .map { "\"\($0.element)\"" }.joined(separator: " AND ")
    }

    private static let termsMax = 32

    // MARK: Looking

    /// Looks through the logs of a job, if it is wanted, from the last to the first.
    ///
    /// - Returns: where to go on when there were too many hits in them.
    private func examine(
        _ job: Int64, before end: LogNumber, limit: Int, _ round: inout Round
    ) throws -> LogNumber? {
        var (_, arguments) = JobTable.filter(filter)
        arguments += ["job": job, "since": search.jobs.since?.milliseconds ?? 0]
        let wanted = try db.cachedStatement(sql: Self.wantedSQL(search.jobs))
        try wanted.setArguments(arguments)
        guard let record = try PositionalStatement(db, bound: wanted).firstJob() else { return nil }
        let logs = try Row.fetchCursor(
            try db.cachedStatement(sql: Self.lookSQL), arguments: ["job": job, "text": needle])
        while let log = try logs.next() {
            let number = LogNumber(log)
            guard number < end else { continue }
            round.bytes += log["size"]
            guard let place: String = log["place"] else { continue }
            let around = try String.fetchOne(
                try db.cachedStatement(sql: Self.aroundSQL(place)),
                arguments: [
                    "job": job, "attempt": log["attempt"] as Int64,
                    "position": log["position"] as Int64, "text": needle,
                ])
            round.hits.append(
                LogHit(
                    job: record, attempt: log["attempt"], position: log["position"],
                    stage: log["stage"],
                    line: LogExcerpt.line(around ?? "", holding: needle)))
            if round.hits.count == limit { return number }
        }
        return nil
    }

    private var filter: JobQuery { Self.filter(search.jobs) }

    /// The part of a query that is asked of each job; time and order are seen to before.
    private static func filter(_ query: JobQuery) -> JobQuery {
        var query = query
        query.since = nil
        query.before = nil
        return query
    }

    /// The job, if it is one of those that are looked at.
    static func wantedSQL(_ query: JobQuery) -> String {
        let (conditions, _) = JobTable.filter(filter(query))
        let words = query.statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        let statuses = words.isEmpty ? [] : ["status IN (\(words))"]
        let wanted = (["created_at >= :since"] + conditions + statuses).map { " AND \($0)" }
        return "SELECT \(JobRecord.columns) FROM job WHERE id = :job\(wanted.joined())"
    }

    /// Whether, and where, the text is in the logs of a job.
    static let lookSQL = """
        SELECT job_id, attempt, position, stage,
            length(command) + min(stdout_size, \(LogEntry.textBytesMax))
                + min(stderr_size, \(LogEntry.textBytesMax)) AS size,
            CASE WHEN instr(lower(stderr), :text) THEN 'stderr'
                WHEN instr(lower(stdout), :text) THEN 'stdout'
                WHEN instr(lower(command), :text) THEN 'command' END AS place
        FROM log WHERE job_id = :job ORDER BY attempt DESC, position DESC
        """

    /// The text with what stands around it.
    private static func aroundSQL(_ place: String) -> String {
        """
        SELECT substr(\(place), max(instr(lower(\(place)), :text) - \(LogExcerpt.before), 1),
            \(LogExcerpt.around))
        FROM log WHERE job_id = :job AND attempt = :attempt AND position = :position
        """
    }
}
