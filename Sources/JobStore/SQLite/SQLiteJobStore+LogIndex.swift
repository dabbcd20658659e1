internal import GRDB

extension SQLiteJobStore {
    /// Puts some logs of finished jobs into the index, or takes out what was replaced: one short
    /// step.
    ///
    /// - Returns: whether another step would find something to do.
    package func indexLogs() async throws(StoreError) -> Bool {
        guard try await read({ db in try LogIndex(db: db).hasWork() }) else { return false }
        let clock = clock
        return try await step { db in
            let index = LogIndex(db: db)
            try index.step(LockShare(clock))
            return try index.hasWork()
        }
    }
}
