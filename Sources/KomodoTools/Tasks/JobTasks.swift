internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// Jobs as tasks: the same id, and the same truth.
struct JobTasks: TaskProvider {
    let context: ToolContext

    /// How often clients are asked to look.
    private static let pollInterval: Duration = .seconds(2)
    private static let pageSize = 50

    func task(_ id: String, for principal: Principal) async throws -> TaskView? {
        let caller = context.caller(principal)
        guard let job = try await shownJob(id, caller) else { return nil }
        return try await view(of: job, for: caller)
    }

    func tasks(
        after cursor: String?, for principal: Principal
    ) async throws -> Listing<TaskView> {
        let caller = context.caller(principal)
        guard caller.may(.read), !context.denies(ToolName.list, to: caller),
            !context.denies(ToolName.get, to: caller)
        else { return Listing([]) }
        var query = JobQuery(limit: Self.pageSize)
        query.restrict(to: caller)
        if let cursor {
            guard let row = Int64(cursor), row > 0 else {
                throw RPCError.invalidParams("the cursor is none of this server's")
            }
            query.before = row
        }
        let page = try await context.store.jobs(query)
        let now = context.clock.now()
        return Listing(
            page.jobs.map { shown(view(JobSheet($0, now: now))) },
            nextCursor: page.next.map(String.init))
    }

    func changes(of id: String, for principal: Principal) -> AsyncStream<Void> {
        let caller = context.caller(principal)
        return JobChanges.stream(in: context) { (last: JobRecord?) in
            // A task that has ended changes no more.
            if let last, last.state.isTerminal { return nil }
            return try await shownJob(id, caller)
        }
    }

    func cancel(
        _ id: String, for principal: Principal, hidesOutcome: Bool
    ) async throws -> TaskView? {
        let caller = context.caller(principal)
        guard let job = try await job(id, caller) else { return nil }
        try refuseDeniedCancel(to: caller)
        guard !job.state.isTerminal else { return try await view(of: job, for: caller) }
        guard caller.may(.operate) else {
            throw RPCError.invalidRequest(
                Forbidden.failure(.operate, to: caller, at: context.selection).message)
        }
        if hidesOutcome { try await context.store.hideOutcome(of: job.row) }
        // What comes of it is read below; the wish is on disk.
        _ = try await context.store.cancel(job.row)
        let current = try await JobLookup.current(job, in: context)
        if !current.state.isTerminal, context.isOwn(current) {
            // A worker that is missing is started by the next call too; the wish is on disk.
            try? await context.ensureWorker()
        }
        return try await view(of: current, for: caller)
    }

    /// A tool for cancelling that was taken away is not to be had as a task's method either.
    private func refuseDeniedCancel(to caller: Caller) throws(RPCError) {
        guard context.denies(ToolName.cancel, to: caller),
            let entry = KomodoToolProvider.entry(ToolName.cancel),
            let reason = context.hiding(entry, from: caller)
        else { return }
        throw .invalidRequest(reason + " So nothing was cancelled.")
    }

    private func view(of job: JobRecord, for caller: Caller) async throws -> TaskView {
        shown(view(try await JobSheet.load(job, in: context, for: caller)))
    }

    private func shown(_ view: TaskView) -> TaskView {
        Outgoing(context.redactor).task(view)
    }

    /// The task that a job is.
    func view(_ sheet: JobSheet) -> TaskView {
        let job = sheet.job
        return TaskView(
            id: "\(job.id)", state: state(sheet), isCancelledView: job.outcomeHiddenAt != nil,
            statusMessage: JobPhrases.message(job, holder: sheet.holder),
            createdAt: job.createdAt.onWire, updatedAt: job.changedAt.onWire,
            timeToLive: context.retention, pollInterval: Self.pollInterval)
    }

    private func state(_ sheet: JobSheet) -> TaskView.State {
        switch sheet.job.state.status {
        case .pending, .starting, .running: .working
        case .success, .failed: .ended(.result(JobResults.waited(sheet)))
        case .cancelled: .cancelled
        }
    }

    /// The job, unless the tool that shows jobs was taken away.
    private func shownJob(_ id: String, _ caller: Caller) async throws -> JobRecord? {
        guard !context.denies(ToolName.get, to: caller) else { return nil }
        return try await job(id, caller)
    }

    private func job(_ id: String, _ caller: Caller) async throws -> JobRecord? {
        do {
            return try await JobLookup.job(id, for: caller, in: context)
        } catch is ToolFailure {
            return nil
        }
    }
}
