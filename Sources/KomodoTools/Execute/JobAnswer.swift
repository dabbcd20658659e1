internal import JSON
internal import JobStore
internal import Jobs
internal import MCP
private import Logging

/// The answer about a job that a call has made or met.
///
/// The job is on disk, so nothing that goes wrong from here on may hide it: what cannot be read is
/// left out, and a note says so.
struct JobAnswer: Sendable {
    let call: ToolCall
    let context: ToolContext
    var isDeduplicated: Bool?
    var notes: [String] = []

    init(call: ToolCall, context: ToolContext) {
        self.call = call
        self.context = context
    }

    /// Sees to it that somebody works on an unfinished job of ours; when nobody can be found the job
    /// waits on disk, and the answer says so.
    mutating func startWorker(for job: JobRecord) async {
        guard !job.state.isTerminal, context.isOwn(job) else { return }
        do {
            try await context.ensureWorker()
        } catch is NobodyWorks {
            // The server itself says so, once.
            notes.append(
                "No worker is alive now. The job is on disk and runs when 'komodo-mcp worker' "
                    + "does.")
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
        case .none: return .result(try await reading(job))
        case .task:
            let view = JobTasks(context: context).view(try await sheet(job))
            return .task(view, immediate: immediate(job))
        case .bounded(let limit):
            let current = try await patiently(job) {
                try await JobWaiting(call: call, context: context).end(of: job, atMost: limit)
            }
            let sheet = try await sheet(current)
            return .result(
                job.state.isTerminal ? JobResults.reading(sheet) : JobResults.waited(sheet))
        }
    }

    /// The job as it is, whatever came of it.
    func reading(_ job: JobRecord) async throws -> CallResult {
        JobResults.reading(try await sheet(job))
    }

    private func sheet(_ job: JobRecord) async throws -> JobSheet {
        var unread: String?
        var sheet: JobSheet
        do {
            sheet = try await JobSheet.load(job, in: context, for: call.caller)
        } catch let error as StoreError where error.code != .interrupted {
            context.logger.error(
                "A job could not be read whole", metadata: [LogKey.errorMessage: "\(error)"])
            sheet = JobSheet(job, now: context.clock.now())
            unread = "The job is accepted and on disk, but not all about it could be read."
        }
        sheet.isDeduplicated = isDeduplicated
        sheet.notes = notes + [unread].compactMap { $0 }
        return sheet
    }

    /// What `wait` gives, or the job as it was when the database fails meanwhile.
    private func patiently(
        _ job: JobRecord, _ wait: () async throws -> JobRecord
    ) async throws -> JobRecord {
        do {
            return try await wait()
        } catch let error as StoreError where error.code != .interrupted {
            context.logger.error(
                "Waiting for a job failed", metadata: [LogKey.errorMessage: "\(error)"])
            return job
        }
    }

    private func immediate(_ job: JobRecord) -> String {
        let beginning = "Job \(job.id) is accepted and durable. \(JobPhrases.message(job))"
        return ([beginning] + notes).joined(separator: " ")
    }
}
