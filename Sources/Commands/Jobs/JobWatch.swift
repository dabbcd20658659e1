private import Bootstrap
internal import JobStore
internal import Jobs
private import Synchronization

/// Shows jobs until they have ended: a table in place on a terminal, plain lines elsewhere, a line
/// of JSON for every change in `jsonl`.
final class JobWatch: Sendable {
    private let store: SQLiteJobStore
    private let rows: [Int64]
    private let printer: Printer
    private let isLive: Bool
    private let state: Mutex<State>

    private struct State {
        var jobs: [JobRecord]
        var estimates: [Int64: DurationEstimate] = [:]
        var table = LiveTable()
        var shown: [Int64: JobState] = [:]
    }

    /// How often the live table moves.
    private static let frame: Duration = .milliseconds(120)

    init(store: SQLiteJobStore, jobs: [JobRecord], printer: Printer) {
        self.store = store
        self.printer = printer
        rows = jobs.map(\.row)
        isLive = printer.isForPeople && Terminal.isLive(ProcessEnvironment.variables())
        state = Mutex(State(jobs: jobs))
    }

    /// Watches until all have ended, the time is up, or nobody reads any more.
    ///
    /// - Returns: the jobs as they are then.
    func run(atMost limit: Duration?) async throws -> [JobRecord] {
        try await loadEstimates()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if isLive {
                group.addTask {
                    while !Task.isCancelled {
                        self.draw()
                        try await Task.sleep(for: Self.frame)
                    }
                }
            }
            defer {
                group.cancelAll()
                if isLive { draw(isLast: true) }
            }
            _ = try await JobWaiter(store).wait(atMost: limit) { try await self.look() }
            return state.withLock { $0.jobs }
        }
    }

    /// Prints a line that stays; above the table where there is one.
    func say(_ line: String) {
        state.withLock { state in
            Terminal.writePart(
                isLive ? state.table.above(line) : line + "\n")
        }
    }

    private func loadEstimates() async throws {
        for job in state.withLock({ $0.jobs }) {
            let estimate = try await store.estimate(
                job.operation, target: job.target, instance: job.instance)
            state.withLock { $0.estimates[job.row] = estimate }
        }
    }

    private func look() async throws -> Bool? {
        var jobs: [JobRecord] = []
        for row in rows { if let job = try await store.job(row: row) { jobs.append(job) } }
        let current = jobs
        state.withLock { state in
            state.jobs = current
            if !isLive { printChanges(&state) }
        }
        return current.allSatisfy(\.state.isTerminal) || Terminal.isDeserted ? true : nil
    }

    private func printChanges(_ state: inout State) {
        guard printer.options.format != .json, !printer.options.quiet else { return }
        let now = store.clock.now()
        for job in state.jobs where state.shown.updateValue(job.state, forKey: job.row) != job.state
        {
            guard printer.isForPeople else {
                Terminal.write(JobJSON.job(job))
                continue
            }
            let reason = JobText.reason(job, now: now)
            Terminal.write(
                "\(now.iso8601)  \(job.id)  \(job.state)  \(JobText.title(job))"
                    + (reason.isEmpty ? "" : "  \(reason)"))
        }
    }

    /// Draws within the lock, so that no older frame comes after a newer one.
    private func draw(isLast: Bool = false) {
        let now = store.clock.now()
        state.withLock { state in
            Terminal.writePart(
                state.table.frame(
                    state.jobs, estimates: state.estimates, now: now, style: printer.style,
                    size: Terminal.size, isLast: isLast))
        }
    }
}
