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
    private let progress = Mutex(LogProgress())
    private let interestUntil = Mutex(Timestamp(milliseconds: 0))

    init(store: SQLiteJobStore, job: JobRecord, filter: LogFilter, printer: Printer) {
        self.store = store
        self.job = job
        self.filter = filter
        self.printer = printer
    }

    /// Prints what came since the last look.
    ///
    /// - Returns: the job once it has ended, or once nobody reads any more.
    func look() async throws -> JobRecord? {
        guard let current = try await store.job(row: job.row) else {
            throw CommandError(.notFound, "\(job.id) was removed from the database.")
        }
        try await renewInterest(in: current)
        for log in try await store.logs(of: job.row).filter(filter.accepts) { printNew(log) }
        return current.state.isTerminal || Terminal.isDeserted ? current : nil
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
        guard printer.isForPeople else {
            if progress.withLock({ $0.hasNews(in: log) }) {
                Terminal.write(LogText.json(log))
            }
            return
        }
        Terminal.writePart(progress.withLock { $0.news(in: log, style: printer.style) })
    }
}
