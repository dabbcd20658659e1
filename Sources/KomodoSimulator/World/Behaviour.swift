/// What is peculiar about a resource, in the seeded world or by script.
struct Behaviour: Sendable, Hashable {
    /// Every execution ends in a remote failure.
    var fails = false
    /// Every n-th execution ends in a remote failure; 0 for none.
    var failsEvery = 0
    /// Executions are accepted and never end.
    var hangs = false
    /// The operator may neither see nor run it.
    var isForbidden = false
    /// Another user's work keeps it busy for so long after the start, before scaling.
    var busyMilliseconds = 0
    /// Multiplies the durations of its executions.
    var slowness = 1.0
    /// The state that a successful deploy leads to, when it is not the usual one.
    var stateAfterDeploy: String?
    /// What DeployStackIfChanged finds.
    var change = Change.none

    /// What DeployStackIfChanged finds when it compares a stack with its repository.
    enum Change: Sendable, Hashable {
        /// Nothing: no update is ever stored.
        case none
        /// The whole stack: a separate DeployStack runs.
        case whole
        /// The first service: a separate DeployStackService runs.
        case service
    }
}
