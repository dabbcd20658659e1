internal import JobStore

/// Something that one task does about one job, for as long as it takes.
///
/// No two tasks do the same about one job. A job that was lost and won back has a new lease, and
/// its old task is about to notice.
struct Duty: Sendable, Hashable {
    /// What is done.
    enum Kind: Sendable, Hashable, CaseIterable {
        /// Pass on that it is to be cancelled.
        case cancel
        /// Pick it up after a submission that ended without a word.
        case recover
        /// Find out whether its submission reached Komodo.
        case reconcile
        /// Watch its target until that is healthy.
        case verify
    }

    let kind: Kind
    /// The row of the job; the rest of it is read when its turn has come.
    let job: Int64
    let leaseNumber: Int64

    init(_ kind: Kind, job: Int64, leaseNumber: Int64) {
        self.kind = kind
        self.job = job
        self.leaseNumber = leaseNumber
    }

    init(_ kind: Kind, _ job: JobRecord) {
        self.init(kind, job: job.row, leaseNumber: job.leaseNumber)
    }
}
