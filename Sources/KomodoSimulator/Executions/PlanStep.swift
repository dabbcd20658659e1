/// One step of a running execution: a wait, then what becomes of it.
struct PlanStep: Sendable {
    /// A log without its times.
    struct Draft: Sendable {
        var stage: String
        var command = ""
        var stdout = ""
        var stderr = ""
        var success = true
    }

    /// What happens at the end of a step.
    enum Outcome: Sendable {
        case nothing
        /// A log that only shows when the execution ends or something later is saved.
        case log(Draft)
        /// A log that shows at once, with everything before it.
        case savedLog(Draft)
        /// One more line in the first log, shown at once.
        case line(String)
        /// Sets the commit hash.
        case commit(String)
        /// Stops a procedure that was cancelled, before the stage of this name.
        case checkCancel(stage: String)
        /// Starts what a stage of a procedure contains.
        case children([WorldResource.StageExecution])
        /// Waits for those to end; a failure ends the procedure.
        case awaitChildren(stage: String)
        /// Looks whether a stack has changed and deploys what has.
        case compareStack
    }

    /// The wait in milliseconds, before scaling.
    var milliseconds: Int
    var outcome: Outcome
}

/// An execution that goes on.
struct ActiveRun: Sendable {
    /// The update that it writes; nil for DeployStackIfChanged, which has none.
    let updateID: String?
    let spec: ExecutionSpec
    let resourceID: String
    let user: Operator
    /// Steps that are not done; the first is under way once `stepStartedAt` is set.
    var steps: [PlanStep]
    var stepStartedAt: Int64?
    /// Logs that do not show yet.
    var pending: [UpdateLog] = []
    /// Updates of what the current stage of a procedure started.
    var children: [String] = []
    var isCancelled = false
    /// Whether its update is deleted when it ends.
    var isLost = false
    /// The state that success leads to, when it is not the usual one.
    var stateAfterDeploy: String?
}
