internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// Jobs, their logs, the budget and the queue as resources.
struct JobResources: ResourceProvider {
    let context: ToolContext

    /// Recent jobs that are listed; the others are found through the template.
    static let recentMax = 20
    /// How long the answer about a finished job may be kept.
    private static let finishedCache = CacheHint(timeToLive: .seconds(3_600), scope: .private)

    static let templates = [
        ResourceTemplate(
            uriTemplate: JobLinks.scheme + "jobs/{job_id}", name: "job", title: "A job",
            description: "One job as it is now, by its whole id.", mimeType: "application/json"),
        ResourceTemplate(
            uriTemplate: JobLinks.scheme + "jobs/{job_id}/log", name: "job log",
            title: "A job's log",
            description: "The end of what Komodo logged for one job, masked and bounded.",
            mimeType: "text/plain"),
    ]

    var isSubscribable: Bool { true }

    func resources(
        after cursor: String?, for principal: Principal
    ) async throws -> Listing<Resource> {
        guard cursor == nil else {
            throw RPCError.invalidParams("the cursor is none of this server's")
        }
        let caller = context.caller(principal)
        guard caller.may(.read) else { return Listing([]) }
        let fixed = [BudgetResource.listed, QueueResource.listed].filter {
            ResourceAddress($0.uri).map { isOpen($0, to: caller) } ?? false
        }
        guard !context.denies(ToolName.get, to: caller),
            !context.denies(ToolName.list, to: caller)
        else { return Listing(fixed) }
        var query = JobQuery(limit: Self.recentMax)
        query.restrict(to: caller)
        let jobs = try await context.store.jobs(query).jobs
        return Listing(fixed + jobs.map(JobLinks.jobResource))
    }

    func templates(for principal: Principal) async throws -> Listing<ResourceTemplate> {
        let caller = context.caller(principal)
        return Listing(
            Self.templates.filter { template in
                ResourceAddress(template.uriTemplate).map {
                    !context.denies($0.tool, to: caller)
                } ?? false
            }, cache: CacheHint(timeToLive: .seconds(300), scope: .private))
    }

    func read(_ uri: String, context call: CallContext) async throws -> ResourceReading? {
        try await read(uri, for: context.caller(call.principal))
            .map(Outgoing(context.redactor).reading)
    }

    /// The contents of `uri`; nil when there is no such resource for the caller.
    func read(_ uri: String, for caller: Caller) async throws -> ResourceReading? {
        guard let address = ResourceAddress(uri), isOpen(address, to: caller) else { return nil }
        switch address {
        case .budget: return try await BudgetResource.read(for: caller, in: context)
        case .queue: return try await QueueResource.read(for: caller, in: context)
        case .job(let id):
            guard let job = try await job(id, caller) else { return nil }
            let sheet = try await JobSheet.load(job, in: context, for: caller)
            return ResourceReading(
                [.json(JobData.whole(sheet), at: uri)], cache: Self.cache(of: job))
        case .log(let id):
            guard let job = try await job(id, caller) else { return nil }
            let logs = try await context.store.logs(of: job.row)
            return ResourceReading(
                [
                    ResourceContents(
                        uri: uri, mimeType: "text/plain",
                        body: .text(
                            LogText.text(job, logs, mask: Outgoing(context.redactor).line)))
                ], cache: Self.cache(of: job))
        }
    }

    func updates(of uri: String, for principal: Principal) async throws -> AsyncStream<Void>? {
        let caller = context.caller(principal)
        guard let address = ResourceAddress(uri), isOpen(address, to: caller) else { return nil }
        switch address {
        case .job(let id):
            guard let known = try await job(id, caller) else { return nil }
            return JobChanges.stream(in: context, since: known) { _ in
                try await job(id, caller)
            }
        case .log(let id):
            guard let job = try await job(id, caller) else { return nil }
            let known = try await context.store.logMark(of: job.row)
            return JobChanges.stream(in: context, since: known) { _ in
                try await context.store.logMark(of: job.row)
            }
        case .budget:
            let known = try await JobTools.budgetData(for: caller, in: context)
            return JobChanges.stream(in: context, since: known) { _ in
                try await JobTools.budgetData(for: caller, in: context)
            }
        case .queue:
            let known = try await QueueResource.data(for: caller, in: context)
            return JobChanges.stream(in: context, since: known) { _ in
                try await QueueResource.data(for: caller, in: context)
            }
        }
    }

    /// Whether the caller may read it: not when the tool that tells the same was taken away.
    private func isOpen(_ address: ResourceAddress, to caller: Caller) -> Bool {
        caller.may(.read) && !context.denies(address.tool, to: caller)
    }

    private func job(_ id: String, _ caller: Caller) async throws -> JobRecord? {
        do {
            return try await JobLookup.job(id, for: caller, in: context)
        } catch is ToolFailure {
            return nil
        }
    }

    private static func cache(of job: JobRecord) -> CacheHint {
        // A finished job can still get a late outcome, which is rare and told to subscribers.
        job.state.isTerminal && !job.holdsLane ? finishedCache : .none
    }
}

extension ResourceContents {
    /// An object as JSON.
    static func json(_ object: JSONObject, at uri: String) -> ResourceContents {
        ResourceContents(
            uri: uri, mimeType: "application/json",
            body: .text(JSONValue.object(object).serialized()))
    }
}
