internal import JobStore
internal import Jobs

/// A log as the text of a resource: the end of it, in a frame that nothing in it can close.
enum LogText {
    /// The log of `job`; every line of it begins with `| `.
    static func text(
        _ job: JobRecord, _ logs: [LogEntry], mask: (String) -> String = { $0 }
    ) -> String {
        var query = LogQuery()
        query.tail = LogQuery.linesMax
        let page = LogPage(logs, query, mask: mask)
        let omitted = page.isBeginningOmitted ? ", the beginning left out" : ""
        let head =
            "\(LogNotice.text) Every line of it begins with '| '.\n\(job.id), \(job.state): "
            + "\(page.lines) of \(page.linesTotal) lines\(omitted)."
        guard page.lines > 0 else { return head }
        let lines = page.text.split(separator: "\n", omittingEmptySubsequences: false)
        return ([head] + lines.map { "| " + $0 }).joined(separator: "\n")
    }
}
