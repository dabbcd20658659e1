import Testing

@testable import JobStore
@testable import KomodoTools

extension ToolBench {
    /// Writes `count` finished jobs, and a few unfinished ones, straight into the database: one in
    /// ten has failed, half are somebody else's, and 50 targets share them.
    func seedHistory(_ count: Int, unfinished: Int = 20) throws {
        let raw = try RawDatabase(path: store.path)
        try raw.run(Self.historySQL(count, isFinished: true))
        try raw.run(Self.historySQL(unfinished, isFinished: false))
    }

    private static func historySQL(_ count: Int, isFinished: Bool) -> String {
        let status = isFinished ? "iif(i % 10 = 0, 'failed', 'success')" : "'pending'"
        let phase = isFinished ? "iif(i % 10 = 0, 'remote_failed', NULL)" : "'queued'"
        let finished = isFinished ? "1769000060000 + i * 1000" : "NULL"
        let remote = isFinished ? "printf('%024x', i)" : "NULL"
        return """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
            INSERT INTO job (token, operation, status, phase, instance, key_fingerprint,
                principal, client_name, client_version, target_type, target_name, target_id,
                identity, lane, created_at, run_at, start_within, expires_at, started_at,
                finished_at, accepted_at, remote_kind, remote_id, error_code, error_message)
            SELECT printf('%s%025d', '\(isFinished ? 0 : 1)', i),
                iif(i % 4 = 0, 'build', 'deploy'), \(status), \(phase), '\(instance)',
                '\(keyFingerprint)', iif(i % 2 = 0, 'os:anna', 'bob'), 'tests', '1',
                iif(i % 4 = 0, 'Build', 'Deployment'), 'app-' || (i % 50),
                printf('%024x', i % 50), randomblob(32), NULL, 1769000000000 + i * 1000,
                1769000000000 + i * 1000, 3600000, 1769003600000 + i * 1000,
                1769000000000 + i * 1000, \(finished),
                \(isFinished ? "1769000000100 + i * 1000" : "NULL"),
                \(isFinished ? "'update'" : "NULL"), \(remote),
                \(isFinished ? "iif(i % 10 = 0, 'EXECUTION_ERROR', NULL)" : "NULL"),
                \(isFinished ? "iif(i % 10 = 0, 'exit 1', NULL)" : "NULL")
            FROM n
            """
    }
}
