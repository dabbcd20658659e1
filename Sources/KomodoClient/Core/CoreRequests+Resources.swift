internal import JSON
internal import Jobs

extension CoreRequests {
    /// All resources of a type: since 2.3 Core would answer 50 without the explicit limit, which
    /// older versions do not know.
    func list(_ type: TargetType, of version: KomodoVersion) -> OutgoingRequest {
        let params: JSONObject = version < Self.pagedListsSince ? [:] : ["limit": 0]
        return read("List\(type.rawValue)s", params, answerBytesMax: AnswerLimits.list)
    }

    /// The first version that answers lists in pages.
    static let pagedListsSince = KomodoVersion(2, 3, 0)

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
