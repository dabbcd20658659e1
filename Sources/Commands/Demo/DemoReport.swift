private import Bootstrap
private import Glibc
internal import JobStore
internal import Jobs

/// What the demo prints at its end.
struct DemoReport: Sendable {
    let place: DemoPlace
    let store: SQLiteJobStore
    let limits: TokenBucket.Limits
    let jobs: [JobRecord]

    private let style = Style(usesColour: Terminal.usesColour(ProcessEnvironment.variables()))

    init(
        place: DemoPlace, store: SQLiteJobStore, limits: TokenBucket.Limits, jobs: [JobRecord]
    ) {
        self.place = place
        self.store = store
        self.limits = limits
        self.jobs = jobs
    }

    /// The history, the log of the job that failed, the budget, what was checked, and how to look
    /// further.
    func text(_ findings: DemoVerdict.Findings) async throws -> String {
        let page = try await store.jobs(JobQuery(limit: jobs.count))
        let history = JobText.table(page.jobs, now: store.clock.now(), style: style)
        let budget = BudgetCommand.text(try await store.budgets(limits), limits, style)
        var parts = [
            section("History (komodo-jobs list)", history.lines(width: Printer.width))
        ]
        if let failed = job(.failing) {
            let logs = try await store.logs(of: failed.row)
            parts.append(
                section(
                    "Why \(DemoJob.failing.title) failed (komodo-jobs logs \(failed.id.ending))",
                    [LogText.text(logs, tail: nil, style: style)]))
        }
        parts.append(section("The rate budget (komodo-jobs budget)", [budget]))
        parts.append(section("What was checked", checks(findings)))
        parts.append(section("Look further", commands()))
        return "\n" + parts.joined(separator: "\n\n")
    }

    private func section(_ heading: String, _ lines: [String]) -> String {
        ([style.bold(heading)] + lines).joined(separator: "\n")
    }

    private func job(_ wanted: DemoJob) -> JobRecord? {
        jobs.first { $0.operation == wanted.operation && $0.target.name == wanted.target }
    }

    private func checks(_ findings: DemoVerdict.Findings) -> [String] {
        var table = Table(["", "JOB", "ENDED", "RUNS IN KOMODO", "WHAT HAPPENED"], style: style)
        for finding in findings.jobs {
            let isGood = finding.problems.isEmpty
            let remark = isGood ? finding.expected.story : finding.problems.joined(separator: "; ")
            table.rows.append([
                Table.Cell(isGood ? "ok" : "WRONG") {
                    style.status($0, isGood ? .success : .failed)
                },
                Table.Cell(finding.expected.title), Table.Cell("\(finding.job.state)"),
                Table.Cell("\(finding.executions)"), Table.Cell(remark),
            ])
        }
        let summary =
            findings.isGood
            ? [
                "Every job ended as it should. Worker 2 took over \(findings.takenOver) jobs of the "
                    + "worker that was killed, and nothing was sent twice."
            ] : findings.problems + ["This is not as it should be; please report it."]
        return table.lines(width: Printer.width) + summary
    }

    private func commands() -> [String] {
        let program = DemoProgram.jobs()
        var table = Table(["", ""], style: Style(usesColour: false))
        func add(_ command: String, _ meaning: String) {
            table.rows.append([Table.Cell("\(program) \(command)"), Table.Cell("# \(meaning)")])
        }
        add("list", "every job")
        if let lost = job(.answerLost) {
            add("show \(lost.id.ending)", "the history of the job whose answer was lost")
        }
        if let failed = job(.failing) {
            add("logs \(failed.id.ending)", "the log of the job that failed")
        }
        add("stats", "counts and durations")
        add("--help", "everything else")
        var lines = ["export KOMODO_JOBS_DB=\(DemoProgram.quoted(place.database))"]
        lines += table.lines(width: nil).dropFirst()
        if let folder = place.ownFolder {
            lines.append("rm -r \(DemoProgram.quoted(folder))  # when you have seen enough")
        }
        return lines
    }
}

/// How the user calls the programs.
enum DemoProgram {
    /// The words that run `komodo-jobs` here: its name when the shell finds it, else its path.
    static func jobs() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { return "komodo-jobs" }
        let own = String(
            decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ""
        let sibling = folder + "/komodo-jobs"
        guard access(sibling, X_OK) == 0 else { return quoted(own) + " jobs" }
        let path = ProcessEnvironment.variables()["PATH"] ?? ""
        return path.split(separator: ":").contains { $0 == folder }
            ? "komodo-jobs" : quoted(sibling)
    }

    /// A word for the shell.
    static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@%".contains($0))
        }
        if isPlain { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
