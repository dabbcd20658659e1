internal import GRDB
package import Jobs

extension SQLiteJobStore {
    package func agenda(
        _ worker: WorkerRecord, limits: TokenBucket.Limits
    ) async throws(StoreError) -> Agenda {
        let isSetBack = noteClock()
        let clock = clock
        let folder = folder
        let now = clock.now()
        return try await read { db in
            let look = AgendaLook(db: db, worker: worker, clock: clock)
            return Agenda(
                hasDueJobs: try JobTable.readyStatement(db, worker, at: now, limit: 1).step(),
                needsTick: try isSetBack
                    || JobTable.nextMoment(db, instance: worker.instance).map { $0 <= now }
                        ?? false,
                mayInherit: try look.hasLostWorker(folder) || look.hasOrphans(),
                hasCancels: try look.hasCancels(),
                credential: try Credential(db, worker.instance, worker.keyFingerprint),
                budget: try BudgetTable(db: db, clock: clock).bucket(of: worker.instance, limits))
        }
    }
}

/// The questions of an agenda.
///
/// None of them reads a whole job, so that one that cannot be read keeps nobody from the others.
private struct AgendaLook {
    let db: Database
    let worker: WorkerRecord
    let clock: StoreClock

    func hasLostWorker(_ folder: StateFolder) throws -> Bool {
        var statement = try PositionalStatement(
            db, "SELECT id, boot_id, heartbeat FROM worker WHERE id <> ?1")
        statement.bind(worker.id)
        while try statement.step() {
            var row = statement.row
            let other: String = row.next()
            let silence = JobTable.silence(
                bootID: row.next(), heartbeat: row.next() as Int64, clock)
            if Liveness(of: other, silence: silence, folder: folder).isLost { return true }
        }
        return false
    }

    func hasOrphans() throws -> Bool {
        let statement = try db.cachedStatement(sql: "SELECT EXISTS (\(JobTable.orphanSQL))")
        return try Bool.fetchOne(statement, arguments: JobTable.serving(worker)) ?? false
    }

    func hasCancels() throws -> Bool {
        let statement = try db.cachedStatement(sql: JobTable.anyCancelWaitingSQL)
        return try Bool.fetchOne(statement, arguments: ["worker": worker.id]) ?? false
    }
}
