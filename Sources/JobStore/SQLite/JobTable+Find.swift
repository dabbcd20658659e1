internal import GRDB
internal import Jobs

extension JobTable {
    /// The jobs that a reference names, at most three.
    static func find(_ reference: String, _ db: Database) throws -> [JobRecord] {
        if let id = JobID(reference) {
            return try fetch("token = :text", id.token, db).filter {
                $0.operation == id.operation
            }
        }
        // Other letters than ASCII's may turn into those of ids when they are made capitals.
        guard reference.utf8.allSatisfy({ $0 < 0x80 }) else { return [] }
        let lowered = reference.lowercased()
        guard !lowered.hasPrefix(prefix) else { return try find(beginning: lowered, db) }
        let text = reference.uppercased()
        guard !text.isEmpty, JobID.isTokenText(text) else { return [] }
        let beginning = try fetch(beginningSQL, text, db)
        guard beginning.isEmpty, text.utf8.count >= SQLiteJobStore.endingLengthMin else {
            return beginning
        }
        return try fetch("token LIKE '%' || :text", text, db)
    }

    private static let prefix = "job_"
    /// Small letters sort after all that tokens are made of.
    private static let beginningSQL = "token >= :text AND token < :text || 'a'"

    /// The jobs whose whole id begins with `beginning`, which names an operation.
    private static func find(beginning: String, _ db: Database) throws -> [JobRecord] {
        let rest = beginning.dropFirst(prefix.count)
        guard let separator = rest.lastIndex(of: "_"),
            let operation = JobOperation(idWord: String(rest[..<separator]))
        else { return [] }
        let text = rest[rest.index(after: separator)...].uppercased()
        guard !text.isEmpty, JobID.isTokenText(text) else { return [] }
        return try fetch(
            "\(beginningSQL) AND operation = :operation", text, db,
            ["operation": operation.rawValue])
    }

    private static func fetch(
        _ condition: String, _ text: String, _ db: Database,
        _ arguments: StatementArguments = StatementArguments()
    ) throws -> [JobRecord] {
        let sql = """
            SELECT \(JobRecord.columns) FROM job WHERE token IN
                (SELECT token FROM job WHERE \(condition) LIMIT 3)
            """
        return try JobRecord.fetchAll(db, sql: sql, arguments: ["text": text] + arguments)
    }
}
