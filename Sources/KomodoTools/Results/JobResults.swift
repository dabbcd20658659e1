internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// A job as the result of a tool.
enum JobResults {
    /// The job as it is, whatever came of it.
    static func reading(_ sheet: JobSheet) -> CallResult {
        ToolResults.success(
            JobData.whole(sheet), at: sheet.now, links: JobLinks.all(sheet.job))
    }

    /// The job for somebody who waited for it: one that failed meanwhile is an error.
    static func waited(_ sheet: JobSheet) -> CallResult {
        guard sheet.job.state.status == .failed else { return reading(sheet) }
        let message = JobPhrases.message(sheet.job)
        let hint = sheet.digest == nil ? "" : " \(ToolName.logs) shows its log."
        let failure = ToolFailure(
            ToolErrorCode(job: sheet.job), BoundedText.line(message, max: 1_500) + hint,
            details: JobData.whole(sheet),
            retryAfter: sheet.retryAfter)
        return ToolResults.failure(failure, at: sheet.now, links: JobLinks.all(sheet.job))
    }
}
