package import JSON
package import Jobs

/// A request to store a job.
package struct EnqueueRequest: Sendable {
    package var job: NewJob
    /// Values that must not be read back; ``NewJob/arguments`` has `[redacted]` in their place.
    package var secrets: JSONObject
    /// The request's identity with the true values, see ``NewJob/identity``.
    package var identity: String

    package init(job: NewJob, secrets: JSONObject = JSONObject(), identity: String? = nil) {
        self.job = job
        self.secrets = secrets
        self.identity = identity ?? job.identity
    }
}

/// What became of a request.
package enum EnqueueResult: Sendable, Hashable {
    case created(JobRecord)
    /// An equal job is under way; this is it.
    case joined(JobRecord)
    /// The idempotency key made this job before.
    case repeated(JobRecord)
    /// The key was used for another request, its job is pruned, or the target is busy.
    case refused(JobError)

    /// The job, unless the request was refused.
    package var job: JobRecord? {
        switch self {
        case .created(let job), .joined(let job), .repeated(let job): job
        case .refused: nil
        }
    }
}
