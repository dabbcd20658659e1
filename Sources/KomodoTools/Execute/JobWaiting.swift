internal import JobStore
internal import Jobs

/// Waits for jobs on behalf of a call, telling the client how they are doing.
///
/// A call that is cancelled stops waiting; the job never hears of it.
struct JobWaiting: Sendable {
    let call: ToolCall
    let context: ToolContext

    /// The job after it has ended, or as it is when the time is up.
    func end(of job: JobRecord, atMost limit: Duration) async throws -> JobRecord {
        let begin = context.clock.sinceBoot()
        let ended = try await context.changes.wait(atMost: limit) {
            let current = try await JobLookup.current(job, in: context)
            let seconds = Double(context.clock.sinceBoot() - begin) / 1_000
            call.report(seconds, JobPhrases.message(current))
            return current.state.isTerminal ? current : nil
        }
        if let ended { return ended }
        return try await JobLookup.current(job, in: context)
    }
}
