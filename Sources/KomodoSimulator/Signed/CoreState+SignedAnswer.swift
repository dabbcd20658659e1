internal import JSON

extension CoreState {
    /// What an accepted execution answers, in the shape that the options ask for.
    func signedAnswer(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ update: String
    ) -> JSONValue {
        let id = Self.signedRunID(spec.name, update)
        return options.signedStyle.isModuleShaped
            ? moduleAnswer(spec, resource, id) : referenceAnswer(spec, resource, id)
    }

    /// What the interface calls a run; executions of its own carry it in their history.
    static func signedRunID(_ operation: String, _ update: String) -> String {
        switch operation {
        case "Deploy": "job_deploy_\(update)"
        case "RunBuild": "job_build_\(update)"
        case "RunProcedure": "exec_\(update)"
        case "RunAction": "exec_action_\(update)"
        case "PullRepo": "job_pull_\(update)"
        case "CloneRepo": "job_clone_\(update)"
        default: ""
        }
    }

    private func referenceAnswer(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ run: String
    ) -> JSONValue {
        let noun = resource.kind.rawValue.lowercased()
        var answer: JSONObject = [
            "\(noun)_id": .string(resource.id), "\(noun)_name": .string(resource.name),
            "status": .string(Self.startedWord(spec.name)),
            "started_at": .string(ISOTime.text(clock.now)),
        ]
        switch spec.name {
        case "Deploy", "RunBuild":
            answer["job_id"] = .string(run)
            answer["estimated_duration"] = "2-5 minutes"
            answer["log_url"] = .string(
                "https://komodo.example.com/\(noun)s/\(resource.id)/jobs/\(run)")
        case "RunProcedure", "RunAction": answer["execution_id"] = .string(run)
        case "PullRepo", "CloneRepo":
            answer["job_id"] = .string(run)
            answer["branch"] = "main"
        default: answer["message"] = .string("Server \(Self.verb(spec.name)) initiated")
        }
        if spec.name == "RunProcedure" {
            answer["steps_total"] = .int(resource.stages.count)
            answer["steps_completed"] = 0
        }
        return .object(answer)
    }

    private func moduleAnswer(
        _ spec: ExecutionSpec, _ resource: WorldResource, _ run: String
    ) -> JSONValue {
        let noun = resource.kind.rawValue.lowercased()
        var answer: JSONObject = [
            "success": true, "\(noun)Id": .string(resource.id), "message": "Accepted",
        ]
        switch resource.kind {
        case .server:
            answer["action"] = .string(Self.verb(spec.name))
            answer["status"] = "starting"
            if spec.name.hasPrefix("Stop") { answer["status"] = "stopping" }
            answer["timestamp"] = .string(ISOTime.text(clock.now))
        case .repo:
            answer["operation"] = .string(spec.name == "PullRepo" ? "pull" : "clone")
            answer["status"] = "queued"
            answer["timestamp"] = .string(ISOTime.text(clock.now))
        case .procedure, .action:
            answer["executionId"] = .string(run)
            answer["status"] = "queued"
            answer["startedAt"] = .string(ISOTime.text(clock.now))
        default:
            answer["jobId"] = .string(run)
            answer["status"] = "queued"
            answer["startedAt"] = .string(ISOTime.text(clock.now))
        }
        return .object(answer)
    }

    private static func verb(_ operation: String) -> String {
        operation.hasPrefix("Start") ? "start" : operation.hasPrefix("Stop") ? "stop" : "restart"
    }

    private static func startedWord(_ operation: String) -> String {
        switch operation {
        case "Deploy": "started"
        case "RunBuild": "building"
        case "StartAllContainers": "starting"
        case "StopAllContainers": "stopping"
        case "RestartAllContainers": "restarting"
        case "PullRepo": "pulling"
        case "CloneRepo": "cloning"
        default: "running"
        }
    }
}
