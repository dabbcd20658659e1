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
        let page = "komodo.example.com/\(noun)s/\(resource.id)"
        switch spec.name {
        case "Deploy":
            answer["job_id"] = .string(run)
            answer["server_id"] = .string(resource.serverID)
            answer["estimated_duration"] = "2-5 minutes"
            answer["steps"] = [
                "Pulling image", "Stopping container", "Creating new container",
                "Starting container", "Health check",
            ]
            answer["current_step"] = "Pulling image"
            answer["log_url"] = .string("https://\(page)/jobs/\(run)")
        case "RunBuild":
            let number = signedUpdates(resource).count { $0.operation == "RunBuild" }
            answer["job_id"] = .string(run)
            answer["build_number"] = .int(number)
            answer["branch"] = "main"
            answer["estimated_duration"] = "3-5 minutes"
            answer["steps"] = [
                "Cloning repository", "Building image", "Pushing to registry", "Cleanup",
            ]
            answer["current_step"] = "Cloning repository"
            answer["log_url"] = .string("https://\(page)/jobs/\(run)")
            answer["stream_url"] = .string("wss://\(page)/jobs/\(run)/stream")
        case "RunProcedure":
            answer["execution_id"] = .string(run)
            answer["steps_total"] = .int(resource.stages.count)
            answer["steps_completed"] = 0
            answer["current_step"] = 1
            answer["current_step_name"] = .string(resource.stages.first?.name ?? "")
            answer["log_url"] = .string("https://\(page)/executions/\(run)")
        case "RunAction": answer["execution_id"] = .string(run)
        case "PullRepo":
            answer["job_id"] = .string(run)
            answer["branch"] = "main"
            answer["message"] = "Pulling latest changes from main branch"
        case "CloneRepo":
            answer["job_id"] = .string(run)
            answer["branch"] = "main"
            answer["target_path"] = .string("/opt/komodo/repos/\(resource.name)")
            answer["message"] = .string("Cloning repository to /opt/komodo/repos/\(resource.name)")
        default:
            answer["message"] = .string("Server \(Self.verb(spec.name)) initiated")
            if spec.name.hasPrefix("Restart") {
                answer["steps"] = ["Stopping", "Starting", "Health check"]
                answer["current_step"] = "Stopping"
            }
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
