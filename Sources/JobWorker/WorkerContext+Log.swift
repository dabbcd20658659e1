internal import JobStore
private import Jobs
private import Logging

extension WorkerContext {
    /// The one line that tells how an operation ended.
    func logEnd(_ job: JobRecord) {
        var metadata: Logger.Metadata = [
            LogKey.jobID: "\(job.id)", LogKey.jobOperation: "\(job.operation.rawValue)",
            LogKey.targetName: "\(job.target.name)", LogKey.jobStatus: "\(job.state)",
        ]
        if let update = job.remote?.updateID { metadata[LogKey.komodoUpdateID] = "\(update)" }
        if let start = job.startedAt, let end = job.finishedAt {
            metadata[LogKey.durationMS] = "\((end - start).inMilliseconds)"
        }
        if let error = job.error { metadata[LogKey.errorCode] = "\(error.code.rawValue)" }
        logger.info("Operation ended", metadata: metadata)
    }
}
