internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// `komodo://queue`: what is unfinished.
enum QueueResource {
    static let listed = Resource(
        uri: JobLinks.queue, name: "queue", title: "Unfinished jobs",
        description: "How many jobs wait or run, and the newest of them.",
        mimeType: "application/json")

    private static let jobsMax = 50

    static func read(
        for caller: Caller, in context: ToolContext
    ) async throws -> ResourceReading {
        ResourceReading([
            .json(try await data(for: caller, in: context), at: JobLinks.queue)
        ])
    }

    /// `{total, jobs}`.
    static func data(for caller: Caller, in context: ToolContext) async throws -> JSONObject {
        var query = JobQuery(statuses: [.pending, .starting, .running], limit: jobsMax)
        query.restrict(to: caller)
        let found = try await context.store.page(query, offset: 0)
        let rows = JobData.list(found.jobs, as: .document)
        return ["total": .int(found.total), "jobs": rows.items]
    }
}
