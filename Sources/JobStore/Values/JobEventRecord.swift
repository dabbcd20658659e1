package import Jobs

/// One line of a job's history.
package struct JobEventRecord: Sendable, Hashable {
    package var row: Int64
    package var at: Timestamp
    package var reason: String
    /// The state after the event.
    package var state: JobState
    package var attempt: Int
    package var worker: String?
    /// JSON text.
    package var detail: String?
}
