internal import JobStore
internal import Jobs

/// The frames of a table that is redrawn in place.
struct LiveTable {
    /// The most jobs that are watched at a time.
    static let jobsMax = 200

    /// The lines of the frame on the screen.
    private var drawnLines = 0
    private var tick = 0

    private static let spinner = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    private static let barWidth = 16
    /// The heading, the line that counts what does not fit, and the cursor's line.
    private static let linesBesideJobs = 3

    /// The text that replaces the frame before.
    mutating func frame(
        _ jobs: [JobRecord], estimates: [Int64: DurationEstimate], now: Timestamp, style: Style,
        size: (columns: Int, rows: Int), isLast: Bool
    ) -> String {
        tick += 1
        var table = Table(
            ["ID", "OPERATION", "TARGET", "STATE", "PROGRESS", "TOOK", "REASON"], style: style)
        // The last frame shows everything; it scrolls away instead of being redrawn.
        let room = isLast ? jobs.count : max(1, size.rows - Self.linesBesideJobs)
        for job in jobs.prefix(room) {
            table.rows.append(cells(job, estimates[job.row], now, style))
        }
        var lines = table.lines(width: size.columns)
        if jobs.count > room {
            let rest = "… and \(jobs.count - room) more"
            lines.append(style.faint(TextWidth.prefix(rest, columns: size.columns)))
        }
        defer { drawnLines = lines.count }
        return erase + lines.map { $0 + "\n" }.joined()
    }

    /// The text that puts a line above the table; the next frame follows below it.
    mutating func above(_ line: String) -> String {
        defer { drawnLines = 0 }
        return erase + line + "\n"
    }

    /// Goes back to the first line of the frame on the screen and clears from there.
    private var erase: String { drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r\u{1B}[J" : "" }

    private func cells(
        _ job: JobRecord, _ estimate: DurationEstimate?, _ now: Timestamp, _ style: Style
    ) -> [Table.Cell] {
        [
            Table.Cell(job.id.ending), Table.Cell(job.operation.rawValue),
            Table.Cell(job.target.name),
            Table.Cell("\(job.state)") { style.status($0, job.state.status) },
            Table.Cell(progress(job, estimate, now)),
            Table.Cell(JobText.duration(job, now: now).map(TimeText.short) ?? "-"),
            Table.Cell(JobText.reason(job, now: now)) { style.faint($0) },
        ]
    }

    /// A bar from this install's own history of the same operation and target, a spinner when there
    /// is none.
    private func progress(
        _ job: JobRecord, _ estimate: DurationEstimate?, _ now: Timestamp
    ) -> String {
        switch job.state.status {
        case .success: return "done"
        case .failed, .cancelled: return "-"
        case .pending: return ""
        case .starting, .running: break
        }
        guard let estimate, let start = job.acceptedAt, estimate.median > .zero else {
            return String(Self.spinner[tick % Self.spinner.count])
        }
        // The history cannot know that this run is over, so the bar never fills by itself.
        let elapsed = max(0, (now - start).inSeconds)
        let share = min(elapsed / estimate.median.inSeconds, 0.99)
        let filled = Int(share * Double(Self.barWidth))
        return String(repeating: "█", count: filled)
            + String(repeating: "░", count: Self.barWidth - filled) + " \(Int(share * 100))%"
    }
}
