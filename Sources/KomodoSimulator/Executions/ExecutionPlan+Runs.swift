internal import JSON

extension ExecutionPlan {
    /// The steps of a procedure: its stages in order.
    var procedureSteps: [PlanStep] {
        var steps: [PlanStep] = []
        let info = markup.muted("INFO")
        for stage in resource.stages {
            let name = markup.bold(stage.name)
            steps.append(PlanStep(milliseconds: 0, outcome: .checkCancel(stage: stage.name)))
            steps.append(
                PlanStep(milliseconds: 0, outcome: .line("\(info): Executing stage: '\(name)'")))
            for execution in stage.executions {
                let line = "\(info): Executing: \(execution.type)(\(execution.name))"
                steps.append(PlanStep(milliseconds: 0, outcome: .line(line)))
            }
            steps.append(PlanStep(milliseconds: 0, outcome: .children(stage.executions)))
            steps.append(step(.awaitChildren(stage: stage.name)))
            let finished = markup.colored("Finished", .green)
            steps.append(
                PlanStep(
                    milliseconds: 0,
                    outcome: .line("\(info): \(finished) stage '\(name)' execution")
                ))
        }
        let completed = markup.colored("completed", .green)
        let last = PlanStep.Draft(
            stage: "Execution ok", stdout: "\(info): The procedure has \(completed) with no errors")
        return steps + [PlanStep(milliseconds: 0, outcome: .log(last))]
    }

    /// The log of an action.
    var actionLog: PlanStep.Draft {
        let arguments = params["args"].flatMap { $0.isNull ? nil : $0 } ?? [:]
        return PlanStep.Draft(
            stage: "Execute Action",
            command: "deno run --allow-all /action/\(resource.name).ts",
            stdout: "\(resource.name) \(arguments.serialized())\n"
                + (fails ? "" : "🦎 Action completed successfully 🦎\n"),
            stderr: fails
                ? "🚨 Action exited early with errors 🚨\nError: the report has no rows\n" : "",
            success: !fails)
    }

    /// The steps of a sync, each of which shows.
    var syncSteps: [PlanStep] {
        let info = markup.muted("INFO")
        let names = ["Update Servers", "Update Deployments", "Update Stacks"]
        return names.enumerated().map { offset, stage in
            let isLast = offset == names.count - 1
            let updated = markup.colored("updated", .blue)
            var log = PlanStep.Draft(
                stage: stage, stdout: "\(info): \(updated) resources of '\(resource.name)'")
            if isLast, fails {
                log = failure(
                    stage: stage,
                    markup.error("Failed to sync", trace: ["failed to parse resources.toml"]))
            }
            return step(.savedLog(log), part: 1 / Double(names.count))
        }
    }
}
