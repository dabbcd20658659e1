internal import JSON
internal import Jobs

extension CoreRequests {
    /// All resources of a type: since 2.3 Core would answer 50 without the explicit limit.
    func list(_ type: TargetType) -> OutgoingRequest {
        read("List\(type.rawValue)s", ["limit": 0], answerBytesMax: AnswerLimits.list)
    }

    /// What runs on a target.
    func actionState(_ type: TargetType, id: String) -> OutgoingRequest {
        read("Get\(type.rawValue)ActionState", [type.parameter: .string(id)])
    }

    /// How a target is doing; nil for types that have no health.
    func health(_ type: TargetType, id: String) -> OutgoingRequest? {
        let params: JSONObject = [type.parameter: .string(id)]
        return switch type {
        case .deployment: read("GetDeploymentContainer", params)
        case .stack: read("ListStackServices", params)
        case .server: read("GetServerState", params)
        case .build, .repo, .procedure, .action, .resourceSync: nil
        }
    }
}

extension TargetType {
    /// The parameter that names a target of this type in Core's requests.
    var parameter: String {
        switch self {
        case .resourceSync: "sync"
        case .server, .stack, .deployment, .build, .repo, .procedure, .action: word
        }
    }
}
