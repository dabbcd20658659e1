internal import Jobs
internal import KomodoSimulator

/// One job of the demo, with how it has to end.
struct DemoJob: Sendable {
    let operation: JobOperation
    let target: String
    var end: JobState = .success
    /// How many executions Komodo accepts for it.
    var executions = 1
    /// A line of its history that proves what happened to it.
    var proof: String?
    /// What is special about it.
    var story = ""

    /// `deploy web`.
    var title: String { "\(operation.rawValue) \(target)" }

    /// Runs until it is cancelled, so it is under way whenever the worker dies.
    static let cancelled = DemoJob(
        operation: .build, target: "slow-build", end: .cancelled(.remoteCancelled),
        proof: "cancel_sent", story: "cancelled while it ran")
    /// Fails in Komodo, and has a log that says why.
    static let failing = DemoJob(
        operation: .deploy, target: "broken", end: .failed(.remoteFailed),
        story: "failed in Komodo")
    /// Reaches Komodo, whose answer does not come back.
    static let answerLost = DemoJob(
        operation: .deploy, target: "web", proof: "evidence_found",
        story: "the answer was lost; found again, not sent twice")
    /// Never reaches Komodo, which cannot be told from the other.
    static let requestLost = DemoJob(
        operation: .deploy, target: "db", proof: "never_started",
        story: "the request was lost; sent again once that was proved")
    /// Is refused because somebody else is at work there.
    static let busy = DemoJob(
        operation: .deploy, target: "api", executions: 2, proof: "busy",
        story: "busy at first; sent again")

    /// All of them, in the order in which they are asked for.
    static let all: [DemoJob] = [
        cancelled, DemoJob(operation: .build, target: "my-app"), answerLost, requestLost, busy,
        failing,
        DemoJob(
            operation: .restartDeployment, target: "web", story: "waited for the deploy of web"),
        DemoJob(operation: .deployStack, target: "shop"),
        DemoJob(operation: .pullRepo, target: "infra"),
        DemoJob(operation: .runProcedure, target: "nightly"),
        DemoJob(operation: .triggerAction, target: "report"),
        DemoJob(operation: .runSync, target: "production"),
    ]

    /// What goes wrong in the simulated Komodo.
    static var faults: FaultScript {
        FaultScript(
            rules: [
                FaultRule(
                    path: "/execute", type: "Deploy", target: answerLost.target, times: 1,
                    action: FaultAction(.dropAfter)),
                FaultRule(
                    path: "/execute", type: "Deploy", target: requestLost.target, times: 1,
                    action: FaultAction(.dropBefore)),
            ], resources: [ResourceFault(busy.target, .busy, type: "Deployment", times: 1)])
    }
}
