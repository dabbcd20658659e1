/// What can be measured.
package enum Measure: String, Sendable, CaseIterable {
    case enqueue
    case concurrentEnqueue = "concurrent-enqueue"
    case bulkEnqueue = "bulk-enqueue"
    case drain

    /// One line for people.
    package var summary: String {
        switch self {
        case .enqueue: "one job per commit, one caller"
        case .concurrentEnqueue: "one job per call, 64 callers at once"
        case .bulkEnqueue: "100 jobs per commit"
        case .drain: "claim to finish with events, batches of 100, no remote"
        }
    }
}
