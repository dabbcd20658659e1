internal import ArgumentParser
private import JobStore
private import Jobs

/// `komodo-jobs list`.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, newest first.", aliases: ["ls"])

    @Option(help: "Only these statuses, separated by commas.")
    var status: StatusesArgument?

    @Option(help: "Only this phase, for example backoff.")
    var phase: String?

    @Option(help: "Only this operation.")
    var operation: String?

    @Option(help: "Only this target, by name or id.")
    var target: String?

    @Option(help: "Only jobs since then: RFC 3339, or a duration before now such as 2h.")
    var since: MomentArgument?

    @Option(help: "How many, 1 to 1000.")
    var limit = 50

    @Option(help: "Where the page before ended.")
    var pageToken: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let now = store.clock.now()
        let page = try await store.jobs(try query(now))
        Printer(output).print(page, now: now)
    }

    private func query(_ now: Timestamp) throws -> JobQuery {
        guard (1...JobQuery.limitMax).contains(limit) else {
            throw CommandError(.usage, "--limit is \(limit); write 1 to \(JobQuery.limitMax).")
        }
        return JobQuery(
            statuses: status?.statuses ?? [], phase: try phase.map(Self.phase),
            operation: try operation.map(OperationArgument.find), target: target,
            since: since?.before(now), limit: limit, before: try pageToken.map(PageToken.required))
    }

    private static func phase(_ word: String) throws -> JobPhase {
        if let phase = JobPhase(rawValue: word) { return phase }
        let words = JobPhase.allCases.map(\.rawValue).joined(separator: " ")
        throw CommandError(.usage, "There is no phase '\(word)'. The phases are:\n\(words)")
    }
}
