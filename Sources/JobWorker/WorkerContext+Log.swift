internal import JobStore
private import Jobs
private import Logging

extension WorkerContext {
    /// The one line that tells how an operation ended.
    func logEnd(_ job: JobRecord) {
        deadlines.forget(job)
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

    /// Tells that something about a job has to be tried again.
    ///
    /// - Parameter job: nil when it could not even be read.
    func logTrouble(_ job: JobRecord?, _ error: any Error) {
        let message = (error as? StoreError)?.message ?? "\(error)"
        var metadata: Logger.Metadata = [LogKey.errorMessage: "\(message)"]
        if let job { metadata[LogKey.jobID] = "\(job.id)" }
        logger.error("A job could not be looked after; trying again", metadata: metadata)
    }
}
