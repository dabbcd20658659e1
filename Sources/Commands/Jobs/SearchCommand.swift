internal import ArgumentParser
private import JSON
private import JobStore
private import Jobs
private import Redaction

/// `komodo-jobs search`.
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find a text in the logs of all jobs, newest first.",
        discussion: """
            The text is found as it stands, within one line, in any case of the letters a to z: no \
            pattern, no word means anything else. 'komodo-jobs logs JOB' shows the whole log.
            """)

    @Argument(help: "What to look for, at least 3 characters.")
    var text: String

    @Option(help: "Only jobs of these statuses, separated by commas.")
    var status: StatusesArgument?

    @Option(help: "Only jobs of this operation.")
    var operation: String?

    @Option(help: "Only jobs on this target, by name or id.")
    var target: String?

    @Option(help: "Only jobs since then: RFC 3339, or a duration before now such as 2h.")
    var since: MomentArgument?

    @Option(help: "How many, 1 to 1000.")
    var limit = 20

    @Option(help: "Where the page before ended.")
    var pageToken: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let now = store.clock.now()
        let page = try await store.search(try search(now))
        let printer = Printer(output)
        let next = page.next.map(PageToken.text)
        if page.hits.isEmpty, printer.isForPeople {
            Terminal.writeError(page.next == nil ? "No log matches." : "No log matches so far.")
        } else {
            printer.print(
                list: page.hits.map(Self.json), ids: page.hits.map { "\($0.job.id)" }, next: next,
                text: Self.text(page.hits, now: now, style: printer.style))
        }
        tell(page, next)
    }

    private func search(_ now: Timestamp) throws -> LogSearch {
        guard (1...JobQuery.limitMax).contains(limit) else {
            throw CommandError(.usage, "--limit is \(limit); write 1 to \(JobQuery.limitMax).")
        }
        let query = JobQuery(
            statuses: status?.statuses ?? [], operation: try operation.map(OperationArgument.find),
            target: target, since: since?.before(now), limit: limit)
        let before = try pageToken.map(PageToken.required)
        guard let search = LogSearch(text, in: query, before: before) else {
            throw CommandError(
                .usage,
                "'\(JobText.plain(text))' cannot be searched for; write a text of one line with at "
                    + "least \(LogSearch.lengthMin) characters and at most \(LogSearch.bytesMax) "
                    + "bytes.")
        }
        return search
    }

    /// Says how to go on, and what the search has not seen.
    private func tell(_ page: LogSearchPage, _ next: String?) {
        if page.isCutShort, let reachedAt = page.reachedAt {
            Terminal.writeError(
                "Looked through everything back to \(reachedAt.iso8601); older logs come with the "
                    + "next page.")
        }
        if let next, output.format != .json || output.quiet {
            Terminal.writeError("More: add --page-token \(next)")
        }
        if !page.isIndexed, page.isCutShort {
            Terminal.writeError(
                "Older logs are not indexed yet, so that searching takes long; a worker does that "
                    + "in the background.")
        }
    }

    private static func json(_ hit: LogHit) -> JSONValue {
        [
            "job_id": .string("\(hit.job.id)"), "operation": .string(hit.job.operation.rawValue),
            "status": .string(hit.job.state.status.rawValue),
            "target": .string(hit.job.target.name), "created_at": JobJSON.time(hit.job.createdAt),
            "attempt": .int(hit.attempt), "position": .int(hit.position),
            "stage": .string(hit.stage), "line": .string(KeyRemains.mask(hit.line)),
        ]
    }

    private static func text(_ hits: [LogHit], now: Timestamp, style: Style) -> String {
        hits.map { hit in
            let job = hit.job
            let status = style.status(job.state.status.rawValue, job.state.status)
            let heading =
                "\(job.id)  \(status)  \(TimeText.ago(job.createdAt, now: now))  "
                + "\(JobText.plain(hit.stage))"
            return style.bold(heading) + "\n    " + JobText.plain(KeyRemains.mask(hit.line))
        }.joined(separator: "\n")
    }
}
