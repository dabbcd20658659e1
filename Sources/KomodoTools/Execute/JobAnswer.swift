internal import JSON
internal import JobStore
internal import Jobs
internal import MCP
private import Logging

/// The answer about a job that a call has made or met.
struct JobAnswer: Sendable {
    let call: ToolCall
    let context: ToolContext
    var isDeduplicated: Bool?
    var notes: [String] = []

    init(call: ToolCall, context: ToolContext) {
        self.call = call
        self.context = context
    }

    /// Sees to it that somebody works; when nobody can be found the job waits on disk, and the
    /// answer says so.
    mutating func startWorker() async {
        do {
            try await context.ensureWorker()
        } catch {
            context.logger.error(
                "No worker could be started", metadata: [LogKey.errorMessage: "\(error)"])
            notes.append(
                "No worker could be started (\(BoundedText.line("\(error)", max: 200))). The job "
                    + "is on disk and runs when 'komodo-mcp worker' does.")
        }
    }

    /// The answer in the form that was chosen.
    func outcome(for job: JobRecord, _ mode: WaitMode) async throws -> CallOutcome {
        switch mode {
        case .none: return .result(JobResults.reading(try await sheet(job)))
        case .task:
            let view = try await JobTasks(context: context).view(of: job)
            return .task(view, immediate: immediate(job))
        case .bounded(let limit):
            let current = try await JobWaiting(call: call, context: context)
                .end(of: job, atMost: limit)
            let sheet = try await sheet(current)
            return .result(
                job.state.isTerminal ? JobResults.reading(sheet) : JobResults.waited(sheet))
        }
    }

    private func sheet(_ job: JobRecord) async throws -> JobSheet {
        var sheet = try await JobSheet.load(job, in: context)
        sheet.isDeduplicated = isDeduplicated
        sheet.notes = notes
        return sheet
    }

    private func immediate(_ job: JobRecord) -> String {
        let now = context.clock.now()
        return
            (["Job \(job.id) is accepted and durable. \(JobPhrases.message(job, now: now))"]
            + notes).joined(separator: " ")
    }
}
