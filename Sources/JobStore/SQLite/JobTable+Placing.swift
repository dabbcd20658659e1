internal import GRDB
internal import Jobs

extension JobTable {
    /// Gives a job its target, and the lane that goes with it if that is free.
    func place(_ job: inout JobRecord, on target: Target) throws {
        let old = job
        job.target = target
        let lane = Lane(instance: job.instance, operation: job.operation, target: target).key
        job.lane = lane
        let holder = try holder(of: lane)
        job.holdsLane = old.holdsLane && (holder == nil || holder == job.row)
        try update(job)
        if let left = old.lane, left != lane { try wakeLane(left) }
    }

    /// Gives jobs their target whose name somebody has looked up meanwhile, so that they stand in
    /// one lane with later orders that know it.
    ///
    /// Also one that a worker is looking up right now: the others wait for it. The oldest are placed,
    /// so that the lock is short; the next order that knows the name, or the worker that looks one of
    /// the rest up, goes on with them.
    func placeUnresolved(named name: String, on target: Target, instance: String) throws {
        for row in try unresolved(named: name, type: target.type, instance: instance) {
            // Read now: when the one before it left its lane, that may have woken it.
            guard var job = try self.job(row) else { continue }
            try place(&job, on: target)
        }
    }

    private func unresolved(
        named name: String, type: TargetType, instance: String
    ) throws -> [Int64] {
        var statement = try PositionalStatement(db, Self.unresolvedSQL)
        statement.bind(instance)
        statement.bind(type.rawValue)
        statement.bind(name)
        statement.bind(Self.placedMax)
        var rows: [Int64] = []
        while try statement.step() {
            var row = statement.row
            rows.append(row.next())
        }
        return rows
    }

    /// The most jobs that one transaction places.
    static let placedMax = 500

    static let unresolvedSQL = """
        SELECT id FROM job
        WHERE target_id IS NULL AND status IN ('pending', 'starting') AND instance = ?
            AND target_type = ? AND target_name = ?
        ORDER BY id LIMIT ?
        """
}
