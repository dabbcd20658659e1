internal import JSON

extension ExecutionPlan {
    /// The steps of an execution on a deployment.
    var deploymentSteps: [PlanStep] {
        let name = resource.name
        switch spec.verb {
        case "Deploy":
            let image = world.imageName(resource)
            var run = docker(
                "Docker Run",
                "docker run -d --name \(name) --network host --restart unless-stopped \(image)",
                output: SeededRandom.hex("container/\(name)/\(resource.runs)", digits: 64),
                error: "Unable to find image '\(image)' locally\ndocker: Error response from "
                    + "daemon: manifest for \(image) not found: manifest unknown.\n")
            run.stderr += fails ? "" : "Status: Image is up to date for \(image)\n"
            guard fails else { return [step(.log(run))] }
            let error = markup.error(
                "Failed to deploy \(markup.bold(name))",
                trace: ["failed to run container", "docker run exited with \(markup.muted("125"))"])
            return [
                step(.log(run)),
                PlanStep(milliseconds: 0, outcome: .log(failure(stage: "Deploy Container", error))),
            ]
        case "Pull":
            return [
                step(
                    .log(
                        docker(
                            "Docker Pull", "docker pull \(resource.image)",
                            output: "Status: Downloaded newer image for \(resource.image)\n",
                            error: "Error response from daemon: pull access denied\n")))
            ]
        case "Destroy":
            return [
                step(
                    .log(
                        docker(
                            "Docker Stop and Remove",
                            "docker stop \(name) && docker container rm \(name)",
                            output: "\(name)\n\(name)\n", error: noContainer(name))))
            ]
        default: return [step(.log(dockerVerb(name)))]
        }
    }

    /// What Docker says of a container that it does not know.
    func noContainer(_ name: String) -> String {
        "Error response from daemon: No such container: \(name)\n"
    }

    /// The log of one Docker command on a container.
    func dockerVerb(_ name: String) -> PlanStep.Draft {
        docker(
            "Docker \(spec.verb)", "docker \(spec.verb.lowercased()) -- \(name)",
            output: "\(name)\n", error: noContainer(name))
    }

    /// The log of work on the containers of a server.
    var serverLog: PlanStep.Draft {
        if spec.name.hasPrefix("Prune") {
            return docker(
                spec.name, "docker system prune -f", output: "Total reclaimed space: 0B\n",
                error: "Cannot connect to the Docker daemon\n")
        }
        guard !spec.name.hasSuffix("AllContainers") else { return allContainersLog }
        let name = params["container"]?.string ?? ""
        guard world.containerNames(on: resource.id).contains(name) else {
            return PlanStep.Draft(
                stage: "Docker \(spec.verb)",
                command: "docker \(spec.verb.lowercased()) -- \(name)",
                stderr: noContainer(name), success: false)
        }
        return dockerVerb(name)
    }

    private var allContainersLog: PlanStep.Draft {
        let verb = String(spec.name.dropLast("AllContainers".count))
        let done =
            verb == "Stop" ? "stopped" : verb.lowercased() + (verb.hasSuffix("e") ? "d" : "ed")
        return docker(
            "\(verb) All Containers", "",
            output: "All containers have been \(done) on the host.",
            error: markup.error("Failed to \(verb.lowercased()) all containers on host"))
    }
}

extension World {
    /// The names of the containers on a server.
    func containerNames(on serverID: String) -> [String] {
        let deployments = all(.deployment).filter { $0.serverID == serverID }.map(\.name)
        let services = all(.stack).filter { $0.serverID == serverID }
            .flatMap { stack in stack.services.map { "\(stack.name)-\($0.name)-1" } }
        return deployments + services
    }
}
