internal import GRDB
internal import Jobs

extension JobTable {
    /// The statement of a list, with one row more than the page to see whether there is another.
    ///
    /// Whatever is asked for, the newest rows are read through an index in the order of the list.
    ///
    /// - Parameter offset: how many of the newest rows are passed over, for pages by number.
    static func listSQL(
        _ query: JobQuery, offset: Int? = nil
    ) -> (sql: String, arguments: StatementArguments) {
        var (conditions, arguments) = filter(query)
        arguments += ["limit": query.limit + 1]
        let columns = offset == nil ? JobRecord.columns : "id"
        let parts = sources(query).map { source in
            let all = source.conditions + conditions
            let filter = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
            return "SELECT \(columns) FROM \(source.table)\(filter)"
        }
        let page = parts.joined(separator: " UNION ALL ") + " ORDER BY id DESC LIMIT :limit"
        guard let offset else { return (page, arguments) }
        arguments += ["offset": offset]
        // Only the page's own rows are read whole, not those that are passed over.
        let sql = """
            SELECT \(JobRecord.qualifiedColumns) FROM (\(page) OFFSET :offset) AS page CROSS JOIN job ON job.id = page.id
            ORDER BY page.id DESC
            """
        return (sql, arguments)
    }

    /// The statement that counts all rows of a list.
    static func countSQL(_ query: JobQuery) -> (sql: String, arguments: StatementArguments) {
        let (conditions, arguments) = filter(query)
        let parts = sources(query).map { source in
            let all = source.conditions + conditions
            let filter = all.isEmpty ? "" : " WHERE " + all.joined(separator: " AND ")
            return "SELECT count(*) AS n FROM \(source.table)\(filter)"
        }
        return ("SELECT sum(n) FROM (\(parts.joined(separator: " UNION ALL ")))", arguments)
    }

    /// What a list is read from: one index, or the newest of each status merged, so that a rare
    /// status costs no scan of the whole history.
    private static func sources(_ query: JobQuery) -> [(table: String, conditions: [String])] {
        // A phase has one status; with another one asked for beside it, nothing matches.
        let statuses = query.phase.map { [$0.status] } ?? query.statuses
        let isImpossible =
            query.phase.map { !query.statuses.isEmpty && !query.statuses.contains($0.status) }
            ?? false
        let extra = isImpossible ? ["0"] : []
        let words = JobStatus.allCases.filter(statuses.contains).map { "'\($0.rawValue)'" }
        if let target = query.target, !isID(target) {
            let list = words.isEmpty ? [] : ["status IN (\(words.joined(separator: ", ")))"]
            return [("job INDEXED BY job_target", list + extra)]
        }
        if query.principal != nil {
            let all = JobStatus.allCases.map { "'\($0.rawValue)'" }
            return (words.isEmpty ? all : words).map {
                ("job INDEXED BY job_principal_status", ["status = \($0)"] + extra)
            }
        }
        guard !words.isEmpty else { return [("job", extra)] }
        // The unfinished jobs of a phase are few among few.
        if let phase = query.phase, phase.status.isTerminal {
            return [("job INDEXED BY job_end_phase", ["finished_at IS NOT NULL"] + extra)]
        }
        return words.map { ("job INDEXED BY job_status", ["status = \($0)"] + extra) }
    }

    /// The conditions of a query with their values.
    static func filter(_ query: JobQuery) -> ([String], StatementArguments) {
        var conditions: [String] = []
        var arguments: StatementArguments = [:]
        func require(_ condition: String, _ values: StatementArguments) {
            conditions.append(condition)
            arguments += values
        }
        if let phase = query.phase { require("phase = :phase", ["phase": phase.rawValue]) }
        if let operation = query.operation {
            require("operation = :operation", ["operation": operation.rawValue])
        }
        if let target = query.target {
            let matches =
                isID(target)
                ? "(target_name = :target OR target_id = :target)" : "target_name = :target"
            require(matches, ["target": target])
        }
        if let instance = query.instance {
            require("instance = :instance", ["instance": instance])
        }
        if let principal = query.principal {
            require("principal = :principal", ["principal": principal])
        }
        if let since = query.since { require(sinceSQL, ["since": since.milliseconds]) }
        if let before = query.before { require("id < :before", ["before": before]) }
        return (conditions, arguments)
    }

    /// Whether a target's reference can be Komodo's id of it.
    private static func isID(_ target: String) -> Bool {
        target.utf8.count == idLength && target.allSatisfy(\.isHexDigit)
    }

    private static let idLength = 24

    /// Rows are in the order of time but for a clock that was set back; the first of some thousand
    /// rows of that time bounds the search all the same.
    private static let sinceSQL = """
        created_at >= :since AND id >= (SELECT min(id) FROM (
            SELECT id FROM job INDEXED BY job_created WHERE created_at >= :since
            ORDER BY created_at LIMIT \(sinceRowsMax)))
        """
    static let sinceRowsMax = 10_000
}
