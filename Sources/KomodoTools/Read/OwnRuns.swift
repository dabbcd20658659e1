internal import JSON
internal import JobStore
internal import Jobs

/// Which of Komodo's runs were asked for through this install.
struct OwnRuns: Sendable {
    /// Our jobs by the id of their update.
    private let jobs: [String: String]

    /// The newest jobs that are looked through; histories are shorter.
    private static let jobsMax = 500

    /// The runs on a target, by name or id, or on all, that `caller` may see.
    init(
        of target: String? = nil, for caller: Caller, in context: ToolContext
    ) async throws {
        var query = JobQuery(
            target: target, instance: context.access?.instance, limit: Self.jobsMax)
        query.restrict(to: caller)
        var jobs: [String: String] = [:]
        for job in try await context.store.jobs(query).jobs {
            guard let update = job.remote?.updateID else { continue }
            jobs[update] = "\(job.id)"
        }
        self.jobs = jobs
    }

    /// `document` with `job_id` in the runs of the members `names`, each an object or a list.
    func marked(_ document: JSONObject, _ names: [String]) -> JSONObject {
        guard !jobs.isEmpty else { return document }
        var document = document
        for name in names {
            guard let value = document[name] else { continue }
            if let items = value.array {
                document[name] = .array(items.map(marked))
            } else {
                document[name] = marked(value)
            }
        }
        return document
    }

    /// A run, or an entry of Komodo's record, with `job_id` when it is one of ours.
    func marked(_ value: JSONValue) -> JSONValue {
        guard var run = value.object,
            let id = (run["execution_id"] ?? run["id"])?.string, let job = jobs[id]
        else { return value }
        run["job_id"] = .string(job)
        return .object(run)
    }
}
