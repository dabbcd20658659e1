internal import ArgumentParser
private import JSON
internal import JobStore
internal import Jobs

/// `komodo-jobs budget`.
struct BudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Show the rate budget that all processes share.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let limits = session.limits
        let reports = try await store.budgets(limits)
        let printer = Printer(output)
        printer.print(
            list: reports.map { Self.json($0, limits) }, ids: reports.map(\.instance),
            text: Self.text(reports, limits, printer.style))
    }

    private static func json(_ report: BudgetReport, _ limits: TokenBucket.Limits) -> JSONValue {
        [
            "instance": .string(report.instance),
            "limit_per_minute": .int(limits.perMinute), "burst": .int(limits.burst),
            "capacity": .int(Int(limits.capacity)), "tokens": .int(Int(report.bucket.total)),
            "tokens_shared": .int(Int(report.bucket.shared)),
            "tokens_polls": .int(Int(report.bucket.polls)),
            "tokens_reads": .int(Int(report.bucket.reads)),
            "blocked_for_ms": JobJSON.milliseconds(report.blockedFor),
            "spent": [
                "submissions": .int(report.spent[.submission] ?? 0),
                "polls": .int(report.spent[.poll] ?? 0),
                "reads": .int(report.spent[.read] ?? 0),
            ],
        ]
    }

    static func text(
        _ reports: [BudgetReport], _ limits: TokenBucket.Limits, _ style: Style
    ) -> String {
        guard !reports.isEmpty else { return "No request was made yet." }
        var table = Table(
            ["KOMODO", "TOKENS", "LIMIT", "BURST", "BLOCKED", "SUBMISSIONS", "POLLS", "READS"],
            style: style)
        for report in reports {
            table.rows.append([
                Table.Cell(report.instance),
                Table.Cell("\(Int(report.bucket.total)) of \(Int(limits.capacity))"),
                Table.Cell("\(limits.perMinute)/min"), Table.Cell("\(limits.burst)"),
                Table.Cell(report.blockedFor.map(TimeText.short) ?? "-"),
                Table.Cell("\(report.spent[.submission] ?? 0)"),
                Table.Cell("\(report.spent[.poll] ?? 0)"),
                Table.Cell("\(report.spent[.read] ?? 0)"),
            ])
        }
        return table.lines(width: Printer.width).joined(separator: "\n")
    }
}

/// `komodo-jobs stats`.
struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count jobs by operation and outcome.")

    @Option(help: "Only jobs since then: RFC 3339, or a duration before now such as 2h.")
    var since: MomentArgument?

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let stats = try await store.stats(since: since?.before(store.clock.now()))
        let printer = Printer(output)
        printer.print(
            list: stats.rows.map(Self.json), ids: stats.rows.map(\.operation.rawValue),
            text: Self.text(stats, printer.style))
    }

    private static func json(_ row: StoreStats.Row) -> JSONValue {
        var object: JSONObject = ["operation": .string(row.operation.rawValue)]
        for status in JobStatus.allCases {
            object[status.rawValue] = .int(row.counts[status] ?? 0)
        }
        object["median_ms"] = row.median.map { .int($0) } ?? .null
        object["p90_ms"] = row.p90.map { .int($0) } ?? .null
        return .object(object)
    }

    private static func text(_ stats: StoreStats, _ style: Style) -> String {
        guard !stats.rows.isEmpty else { return "No jobs." }
        var table = Table(
            ["OPERATION"] + JobStatus.allCases.map { $0.rawValue.uppercased() }
                + ["MEDIAN", "P90"], style: style)
        for row in stats.rows {
            let counts = JobStatus.allCases.map { status in
                Table.Cell("\(row.counts[status] ?? 0)") { style.status($0, status) }
            }
            let times = [row.median, row.p90].map { time in
                Table.Cell(time.map { TimeText.short(.milliseconds($0)) } ?? "-")
            }
            table.rows.append([Table.Cell(row.operation.rawValue)] + counts + times)
        }
        return table.lines(width: Printer.width).joined(separator: "\n")
    }
}

/// `komodo-jobs workers`.
struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "List the workers of the database.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let workers = try await store.workers()
        let now = store.clock.now()
        let printer = Printer(output)
        printer.print(
            list: workers.map { Self.json($0.worker, $0.liveness) }, ids: workers.map(\.worker.id),
            text: Self.text(workers, now, printer.style))
    }

    private static func word(_ worker: WorkerRecord, _ liveness: Liveness) -> String {
        if !liveness.isAlive { return "dead" }
        if liveness.isSilent { return "silent" }
        return worker.isDraining ? "draining" : "alive"
    }

    private static func json(_ worker: WorkerRecord, _ liveness: Liveness) -> JSONValue {
        [
            "worker_id": .string(worker.id), "kind": .string(worker.kind.rawValue),
            "state": .string(word(worker, liveness)), "instance": .string(worker.instance),
            "all_keys": .bool(worker.servesAllKeys), "pid": .int(worker.pid),
            "host": .string(worker.host), "version": .string(worker.version),
            "started_at": JobJSON.time(worker.startedAt),
            "silent_ms": .int(liveness.silence.inMilliseconds),
        ]
    }

    private static func text(
        _ workers: [(worker: WorkerRecord, liveness: Liveness)], _ now: Timestamp, _ style: Style
    ) -> String {
        guard !workers.isEmpty else {
            return "No worker. 'komodo-jobs run' starts one; 'komodo-mcp worker' is the daemon."
        }
        var table = Table(
            ["WORKER", "KIND", "STATE", "PID", "HOST", "STARTED", "KOMODO"], style: style)
        for (worker, liveness) in workers {
            table.rows.append([
                Table.Cell(worker.id), Table.Cell(worker.kind.rawValue),
                Table.Cell(word(worker, liveness)), Table.Cell("\(worker.pid)"),
                Table.Cell(worker.host),
                Table.Cell(TimeText.ago(worker.startedAt, now: now)), Table.Cell(worker.instance),
            ])
        }
        return table.lines(width: Printer.width).joined(separator: "\n")
    }
}
