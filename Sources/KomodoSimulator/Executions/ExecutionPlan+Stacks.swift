internal import JSON

extension ExecutionPlan {
    /// The steps of an execution on a stack.
    var stackSteps: [PlanStep] {
        if spec.name == "DeployStackIfChanged" { return [step(.compareStack)] }
        let project = resource.name
        let arguments = services.map { " \($0)" }.joined()
        var steps: [PlanStep] = []
        if !services.isEmpty {
            let text = "Execution requested for Stack service/s \(services.joined(separator: ", "))"
            steps.append(
                step(.log(PlanStep.Draft(stage: "Service/s", stdout: text)), part: 0))
        }
        if let unknown = services.first(where: { name in
            !resource.services.contains { $0.name == name }
        }) {
            let log = PlanStep.Draft(
                stage: "Compose Command", command: "docker compose -p \(project)",
                stderr: "no such service: \(unknown)\n", success: false)
            return steps + [step(.log(log), part: 0.1)]
        }
        switch spec.verb {
        case "Deploy": return steps + composeUp(project, arguments)
        case "Pull": return steps + [step(.log(composePull(project, arguments)))]
        case "Destroy":
            return steps + [step(.log(compose("Compose Down", "down\(arguments)", project)))]
        case "RunStackService":
            let service = params["service"]?.string ?? ""
            return steps + [step(.log(compose("Compose Run", "run --rm \(service)", project)))]
        default:
            let verb = spec.verb.lowercased()
            return steps + [step(.log(compose("Compose Command", verb + arguments, project)))]
        }
    }

    private func composePull(_ project: String, _ arguments: String) -> PlanStep.Draft {
        var log = compose("Compose Pull", "pull\(arguments)", project)
        log.stderr += resource.services.map { " \($0.name) Pulled \n" }.joined()
        return log
    }

    private func compose(_ stage: String, _ command: String, _ project: String) -> PlanStep.Draft {
        var log = docker(
            stage, "docker compose -p \(project) \(command)", output: "",
            error: "Error response from daemon: \(project)-app-1 failed to start\n")
        if !fails {
            log.stderr = resource.services.map {
                " Container \(project)-\($0.name)-1  Done \n"
            }.joined()
        }
        return log
    }

    private func composeUp(_ project: String, _ arguments: String) -> [PlanStep] {
        let config = PlanStep.Draft(
            stage: "Compose Config", command: "docker compose -p \(project) config",
            stdout: resource.services.reduce("services:\n") {
                $0 + "  \($1.name):\n    image: \($1.image)\n"
            })
        let pull = PlanStep.Draft(
            stage: "Compose Pull", command: "docker compose -p \(project) pull\(arguments)",
            stderr: resource.services.map { " \($0.name) Pulled \n" }.joined())
        let up = compose("Compose Up", "up -d\(arguments)", project)
        return [
            step(.log(config), part: 0.1), step(.log(pull), part: 0.5), step(.log(up), part: 0.4),
        ]
    }
}
