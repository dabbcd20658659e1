internal import JobStore

/// Something that one task does about one job, for as long as it takes.
enum Duty: Sendable {
    /// Find out whether its submission reached Komodo.
    case reconcile(JobRecord)
    /// Watch its target until that is healthy.
    case verify(JobRecord)
    /// Pass on that it is to be cancelled.
    case cancel(JobRecord)
    /// Pick it up after a submission that ended without a word.
    case recover(JobRecord)

    /// No two tasks do the same about one job.
    ///
    /// A job that was lost and won back has a new lease, and its old task is about to notice.
    struct Key: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case reconcile, verify, cancel, recover }

        let kind: Kind
        let job: Int64
        let leaseNumber: Int64
    }

    var key: Key {
        let kind: Key.Kind =
            switch self {
            case .reconcile: .reconcile
            case .verify: .verify
            case .cancel: .cancel
            case .recover: .recover
            }
        return Key(kind: kind, job: job.row, leaseNumber: job.leaseNumber)
    }

    var job: JobRecord {
        switch self {
        case .reconcile(let job), .verify(let job), .cancel(let job), .recover(let job): job
        }
    }
}
