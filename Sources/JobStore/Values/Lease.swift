/// A worker's right to change one job; it ends when another worker takes the job over.
package struct Lease: Sendable, Hashable {
    /// The job's row.
    package let job: Int64
    package let worker: String
    /// Rises with every change of hands, so that a worker that slept cannot mistake a later lease
    /// of its own for this one.
    package let number: Int64

    package init(job: Int64, worker: String, number: Int64) {
        self.job = job
        self.worker = worker
        self.number = number
    }
}
