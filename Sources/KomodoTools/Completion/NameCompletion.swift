internal import Intake
internal import JobStore
internal import Jobs
internal import MCP

/// Proposals for job ids and for names of resources.
struct NameCompletion: CompletionProvider {
    let context: ToolContext

    /// Jobs that are looked through for ids and names.
    private static let jobsMax = 500
    /// From so many letters on Komodo is asked too, when no job has such a target.
    private static let lettersMin = 2

    func complete(
        _ query: CompletionQuery, for principal: Principal
    ) async throws -> Completion? {
        guard let kind = Self.kind(of: query) else { return nil }
        let caller = context.caller(principal)
        guard caller.may(.read) else { return Completion(values: [], total: 0, hasMore: false) }
        let value = query.value.lowercased()
        var values: [String]
        var isWhole = true
        switch kind {
        case .job:
            let page = try await jobs(caller)
            isWhole = page.next == nil
            values = page.jobs.map { "\($0.id)" }.filter { $0.lowercased().hasPrefix(value) }
        case .name(let type):
            let page = try await jobs(caller)
            isWhole = page.next == nil
            values = try await names(type, value, page.jobs, caller)
        case .none: values = []
        }
        let outgoing = Outgoing(context.redactor)
        // A masked name would be no name.
        values = values.filter { outgoing.sentence($0) == $0 }
        let shown = values.prefix(Completion.valuesMax).map { BoundedText.line($0, max: 200) }
        return Completion(
            values: shown, total: isWhole ? values.count : nil,
            hasMore: shown.count < values.count || !isWhole)
    }

    /// What an argument is.
    enum Kind: Sendable, Hashable {
        case job
        case name(TargetType)
        /// Anything; there is nothing to propose.
        case none
    }

    /// The kind of the argument that is being written; nil when there is no such argument.
    static func kind(of query: CompletionQuery) -> Kind? {
        switch query.reference {
        case .resource(let uri):
            let isOurs = JobResources.templates.contains { $0.uriTemplate == uri }
            return isOurs && query.argument == "job_id" ? .job : nil
        case .prompt(let name):
            guard let prompt = KomodoPrompts.catalogue.first(where: { $0.prompt.name == name }),
                prompt.prompt.arguments.contains(where: { $0.name == query.argument })
            else { return nil }
            return kind(ofArgument: query.argument)
        }
    }

    private static func kind(ofArgument name: String) -> Kind {
        switch name {
        case "job_id": .job
        case "deployment": .name(.deployment)
        case "build": .name(.build)
        case "server": .name(.server)
        default: .none
        }
    }

    private func names(
        _ type: TargetType, _ value: String, _ jobs: [JobRecord], _ caller: Caller
    ) async throws -> [String] {
        var names: [String] = []
        for job in jobs
        where job.target.type == type && job.target.name.lowercased().contains(value)
            && !names.contains(job.target.name)
        {
            names.append(job.target.name)
        }
        guard names.isEmpty, value.count >= Self.lettersMin, context.letsName(type, caller)
        else { return names }
        do {
            let wanted = Target(type: type, id: nil, name: value)
            let found = try await context.intake.resolved(wanted)
            return found.id == nil ? [] : [found.name]
        } catch let error as IntakeError {
            return error.suggestions
        }
    }

    private func jobs(_ caller: Caller) async throws -> JobPage {
        var query = JobQuery(limit: Self.jobsMax)
        query.restrict(to: caller)
        return try await context.store.jobs(query)
    }
}
