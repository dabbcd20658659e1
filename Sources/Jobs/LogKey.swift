/// The keys of log metadata; no other keys are used.
package enum LogKey {
    /// `job.id`.
    package static let jobID = "job.id"
    /// `job.operation`.
    package static let jobOperation = "job.operation"
    /// `job.status`.
    package static let jobStatus = "job.status"
    /// `job.phase`.
    package static let jobPhase = "job.phase"
    /// `job.attempt`.
    package static let jobAttempt = "job.attempt"
    /// `job.parameters`.
    package static let jobParameters = "job.parameters"
    /// `job.principal`.
    package static let jobPrincipal = "job.principal"
    /// `target.type`.
    package static let targetType = "target.type"
    /// `target.name`.
    package static let targetName = "target.name"
    /// `komodo.url`.
    package static let komodoURL = "komodo.url"
    /// `komodo.instance`.
    package static let komodoInstance = "komodo.instance"
    /// `komodo.update_id`.
    package static let komodoUpdateID = "komodo.update_id"
    /// `komodo.version`.
    package static let komodoVersion = "komodo.version"
    /// `http.status`.
    package static let httpStatus = "http.status"
    /// `http.method`.
    package static let httpMethod = "http.method"
    /// `http.path`.
    package static let httpPath = "http.path"
    /// `worker.id`.
    package static let workerID = "worker.id"
    /// `worker.mode`.
    package static let workerMode = "worker.mode"
    /// `database.path`.
    package static let databasePath = "database.path"
    /// `database.log_bytes`.
    package static let databaseLogBytes = "database.log_bytes"
    /// `error.type`.
    package static let errorType = "error.type"
    /// `error.code`.
    package static let errorCode = "error.code"
    /// `error.message`.
    package static let errorMessage = "error.message"
    /// `retry.delay_ms`.
    package static let retryDelay = "retry.delay_ms"
    /// `duration_ms`.
    package static let durationMS = "duration_ms"
    /// `count`.
    package static let count = "count"
    /// `log.count`.
    package static let logCount = "log.count"
    /// `signal`.
    package static let signal = "signal"
    /// `setting`.
    package static let setting = "setting"
}
