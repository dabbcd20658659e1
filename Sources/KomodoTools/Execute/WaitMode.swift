internal import Jobs
internal import MCP

/// How the answer to an execute call is given.
enum WaitMode: Sendable, Hashable {
    /// With the job as it is after it was stored.
    case none
    /// With the job after it has ended, or after this time.
    case bounded(Duration)
    /// With a task, which the client follows.
    case task

    /// The longest wait: most clients cut calls off after a minute.
    static let secondsMax = 45

    /// Decides how to answer.
    ///
    /// A client that must have a task gets one. One that takes either gets a task unless the call
    /// names `wait_seconds`, also 0: then the model wants to see the job now.
    static func decide(
        waitSeconds: Int?, isAsync: Bool?, waitsForHealth: Bool, taskMode: TaskMode
    ) -> WaitMode {
        switch taskMode {
        case .requested: return .task
        case .offered where waitSeconds == nil: return .task
        case .offered, .unavailable: break
        }
        let isPatient = isAsync == false || waitsForHealth
        let seconds = waitSeconds ?? (isPatient ? secondsMax : 0)
        return seconds > 0 ? .bounded(.seconds(min(seconds, secondsMax))) : .none
    }
}
