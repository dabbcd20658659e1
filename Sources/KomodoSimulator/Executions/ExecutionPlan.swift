internal import JSON

/// What an execution does, step by step, and how long each step takes.
struct ExecutionPlan {
    let spec: ExecutionSpec
    let resource: WorldResource
    let params: JSONValue
    let world: World
    let markup: Markup
    /// Whether it ends in a remote failure.
    let fails: Bool
    /// Whether it is cut off in the middle.
    let vanishes: Bool
    /// The whole duration in milliseconds before scaling.
    let duration: Int

    /// The steps; the last one ends the execution.
    var steps: [PlanStep] {
        if vanishes {
            return [
                step(
                    .log(
                        failure(
                            stage: spec.name,
                            markup.error(
                                "Failed at request to periphery",
                                trace: ["Timed out waiting for message."]))))
            ]
        }
        switch spec.kind {
        case .deployment: return deploymentSteps
        case .stack: return stackSteps
        case .build: return buildSteps
        case .repo: return repoSteps
        case .procedure: return procedureSteps
        case .action: return [step(.log(actionLog))]
        case .resourceSync: return syncSteps
        case .server: return [step(.log(serverLog))]
        case .system, .builder: return [step(.nothing)]
        }
    }

    /// The services that a request for a stack names.
    var services: [String] {
        params["services"]?.array?.compactMap(\.string) ?? []
    }

    /// A step that takes a part of the whole duration.
    func step(_ outcome: PlanStep.Outcome, part: Double = 1) -> PlanStep {
        PlanStep(milliseconds: Int(Double(duration) * part), outcome: outcome)
    }

    /// A log that failed without a command.
    func failure(stage: String, _ text: String) -> PlanStep.Draft {
        PlanStep.Draft(stage: stage, stderr: text, success: false)
    }

    /// The log of a command, which fails when the plan does.
    func docker(
        _ stage: String, _ command: String, output: String, error: String
    ) -> PlanStep.Draft {
        PlanStep.Draft(
            stage: stage, command: command, stdout: fails ? "" : output,
            stderr: fails ? error : "", success: !fails)
    }
}
