private import JSON
internal import JobStore
internal import Jobs
private import Synchronization

/// Prints what is new in the log of a job, stage by stage.
final class LogFeed: Sendable {
    private let store: SQLiteJobStore
    private let job: JobRecord
    private let filter: LogFilter
    private let printer: Printer
    /// How many bytes of each stage are printed already, output and errors apart.
    private let printed = Mutex<[Key: (stdout: Int, stderr: Int)]>([:])

    private let interestUntil = Mutex(Timestamp(milliseconds: 0))

    private struct Key: Hashable {
        let attempt: Int
        let position: Int
    }

    init(store: SQLiteJobStore, job: JobRecord, filter: LogFilter, printer: Printer) {
        self.store = store
        self.job = job
        self.filter = filter
        self.printer = printer
    }

    /// Prints what came since the last look.
    ///
    /// - Returns: the job once it has ended.
    func look() async throws -> JobRecord? {
        guard let current = try await store.job(row: job.row) else {
            throw CommandError(.notFound, "\(job.id) was removed from the database.")
        }
        try await renewInterest(in: current)
        for log in try await store.logs(of: job.row).filter(filter.accepts) { printNew(log) }
        return current.state.isTerminal ? current : nil
    }

    /// How long the worker fetches a growing log after it was asked to.
    private static let interestTime: Duration = .seconds(20)

    /// Tells the worker that somebody reads, well before it would stop.
    private func renewInterest(in job: JobRecord) async throws {
        let now = store.clock.now()
        let isDue = interestUntil.withLock { until in
            guard job.state.status == .running, until - now < Self.interestTime / 2 else {
                return false
            }
            until = now + Self.interestTime
            return true
        }
        guard isDue else { return }
        try await store.watchLogs(of: job.row, until: now + Self.interestTime)
    }

    private func printNew(_ log: LogEntry) {
        let key = Key(attempt: log.attempt, position: log.position)
        let before = printed.withLock { printed in
            defer { printed[key] = (log.stdout.utf8.count, log.stderr.utf8.count) }
            return printed[key]
        }
        guard printer.options.format == .table else {
            if before?.stdout != log.stdout.utf8.count || before?.stderr != log.stderr.utf8.count {
                Terminal.write(LogText.json(log).printed())
            }
            return
        }
        if before == nil { Terminal.write(LogText.heading(log, style: printer.style)) }
        for text in [
            log.stdout.utf8.dropFirst(before?.stdout ?? 0),
            log.stderr.utf8.dropFirst(before?.stderr ?? 0),
        ] where !text.isEmpty {
            Terminal.write(String(decoding: text, as: UTF8.self))
        }
    }
}
