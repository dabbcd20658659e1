internal import JobStore
internal import Jobs
internal import MCP

/// The addresses of a job's resources.
enum JobLinks {
    static let scheme = "komodo://"
    static let budget = scheme + "budget"
    static let queue = scheme + "queue"

    static func job(_ id: JobID) -> String { "\(scheme)jobs/\(id)" }
    static func log(_ id: JobID) -> String { "\(scheme)jobs/\(id)/log" }

    /// The links that go with a job's result.
    static func all(_ job: JobRecord) -> [Resource] {
        [jobResource(job), logResource(job)]
    }

    /// A job as a resource.
    static func jobResource(_ job: JobRecord) -> Resource {
        Resource(
            uri: self.job(job.id), name: "\(job.id)",
            title: "\(job.operation.rawValue) \(BoundedText.line(job.target.name, max: 100))",
            description: "The job as it is now: status, phase, times, result.",
            mimeType: "application/json",
            annotations: ContentAnnotations(
                audience: [.user, .assistant], priority: job.state.isTerminal ? 0.4 : 0.8,
                lastModified: job.changedAt.onWire))
    }

    private static func logResource(_ job: JobRecord) -> Resource {
        Resource(
            uri: log(job.id), name: "\(job.id) log",
            description: "What Komodo logged for the job, masked and bounded.",
            mimeType: "text/plain")
    }
}

extension JobRecord {
    /// The latest moment at which something is known to have changed.
    var changedAt: JobTime {
        let moments = [
            startedAt, finishedAt, acceptedAt, cancelRequestedAt, cancelSentAt, intent?.sentAt,
            ownerLostAt, outcomeHiddenAt,
        ]
        return moments.compactMap { $0 }.max() ?? createdAt
    }
}
