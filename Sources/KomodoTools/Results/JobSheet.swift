internal import JSON
internal import JobStore
internal import Jobs

/// A job with what is known around it.
struct JobSheet: Sendable {
    let job: JobRecord
    let now: JobTime
    /// The base of Komodo's own pages.
    var baseURL: String?
    /// Of an unfinished job, from earlier runs.
    var estimate: DurationEstimate?
    /// Of an unfinished job: the stages of the last successful run.
    var expectedSteps: [String] = []
    /// Who runs on the target that the job waits for, if the reader may see that job.
    var holder: JobID?
    /// Of a finished job.
    var digest: LogDigest?
    /// What Komodo told of the run.
    var facts = RemoteFacts()
    /// Of a job that failed for want of requests: seconds until there is one.
    var retryAfter: Int?
    /// Whether the request met a job that was there already; nil when nothing was requested.
    var isDeduplicated: Bool?
    /// What became of options that needed no doing, and other remarks.
    var notes: [String] = []

    init(_ job: JobRecord, now: JobTime) {
        self.job = job
        self.now = now
    }

    /// Collects what there is to know about `job` for `caller`.
    static func load(
        _ job: JobRecord, in context: ToolContext, for caller: Caller
    ) async throws -> JobSheet {
        var sheet = JobSheet(job, now: context.clock.now())
        sheet.baseURL = context.baseURL(of: job)
        if job.attempt > 0 {
            sheet.facts = RemoteFacts(
                try await context.store.events(
                    EventQuery(
                        job.row, attempt: job.attempt, hasDetail: true,
                        limit: RemoteFacts.eventsMax)
                ).events)
        }
        guard !job.state.isTerminal else {
            sheet.digest = LogDigest(try await context.store.logs(of: job.row))
            if job.state.status == .failed, ToolErrorCode(job: job) == .rateLimitError {
                sheet.retryAfter = try await RetryTime.seconds(job.instance, in: context)
            }
            return sheet
        }
        sheet.estimate = try await context.store.estimate(
            job.operation, target: job.target, instance: job.instance)
        sheet.expectedSteps = try await context.store.stages(
            job.operation, target: job.target, instance: job.instance)
        if job.state == .pending(.held), job.wakeAt == nil, let lane = job.lane,
            let holder = try await context.store.laneHolder(lane), caller.sees(holder)
        {
            sheet.holder = holder.id
        }
        return sheet
    }
}

extension ToolContext {
    /// The pages of the Komodo that `job` belongs to, when it is the configured one.
    func baseURL(of job: JobRecord) -> String? {
        guard let access, access.instance == job.instance else { return nil }
        return access.baseURL
    }
}
