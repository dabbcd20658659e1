/// The public status of a job; exactly these six words leave the program.
package enum JobStatus: String, Sendable, Hashable, CaseIterable {
    case pending, starting, running, success, failed, cancelled

    /// Whether a job with this status never changes again.
    package var isTerminal: Bool {
        switch self {
        case .pending, .starting, .running: false
        case .success, .failed, .cancelled: true
        }
    }
}
