internal import JSON
internal import Jobs

/// The steps of a procedure: the executions of its stages.
enum ProcedureSteps {
    /// The parameters of executions that name a resource, with the documented names.
    private static let targets = [
        "action": "action_id", "deployment": "deployment_id", "stack": "stack_id",
        "build": "build_id", "repo": "repo_id", "procedure": "procedure_id",
        "server": "server_id", "sync": "sync_id", "swarm": "swarm_id", "alerter": "alerter_id",
    ]

    /// One entry for each execution; those of one stage run at the same time and share `order`.
    static func steps(of stages: [JSONValue]) -> [JSONObject] {
        stages.enumerated().flatMap { number, stage in
            (stage["executions"]?.array ?? []).map { step($0, of: stage, order: number + 1) }
        }
    }

    private static func step(
        _ value: JSONValue, of stage: JSONValue, order: Int
    ) -> JSONObject {
        let operation = value["execution"]?["type"]?.string ?? ""
        var rest = value["execution"]?["params"]?.object ?? [:]
        var step: JSONObject = [:]
        step.put("order", int: Int64(order))
        step.put("stage", text: stage["name"]?.string)
        step.put("type", text: type(of: operation))
        step.put("operation", text: operation)
        step.put(
            "enabled", flag: stage["enabled"]?.bool != false && value["enabled"]?.bool != false)
        for member in rest.members {
            guard let field = targets[member.key], let name = member.value.filledText else {
                continue
            }
            step.put(field, text: name)
            rest[member.key] = nil
        }
        if operation == "Sleep" {
            step.put(
                "duration", duration: rest["duration_ms"]?.int.map { .milliseconds($0) })
            rest["duration_ms"] = nil
        }
        // The contents of configs and secrets of a swarm.
        rest["data"] = nil
        step["config"] = .object(rest)
        return step
    }

    private static func type(of operation: String) -> String {
        switch operation {
        case "RunAction": "execute_action"
        case "Sleep": "wait"
        default: StatusWords.snakeCase(operation)
        }
    }
}
