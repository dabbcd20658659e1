internal import JSON
internal import Jobs

extension CoreRequests {
    /// Which resources of a type are listed.
    struct Selection: Sendable {
        /// By name; Core 1.19 does not find ids here.
        var names: [String] = []
        /// Conditions that only this type has.
        var specific: JSONObject = [:]
    }

    /// `List…s`, or `ListFull…s` for whole resources: everything that is selected, in one answer.
    func list(
        _ type: TargetType, _ selection: Selection, isFull: Bool = false, of version: KomodoVersion
    ) -> OutgoingRequest {
        var query: JSONObject = [:]
        if !selection.names.isEmpty { query.put("names", texts: selection.names) }
        query.put("specific", object: selection.specific)
        var params: JSONObject = [:]
        params.put("query", object: query)
        // Without it 2.3 and later would answer 50.
        if version >= Self.pagedListsSince { params["limit"] = 0 }
        let name = isFull ? "ListFull\(type.rawValue)s" : "List\(type.rawValue)s"
        return read(name, params, answerBytesMax: AnswerLimits.list)
    }

    /// `Get…`: one whole resource.
    func whole(_ type: TargetType, _ nameOrID: String) -> OutgoingRequest {
        read(
            "Get\(type.rawValue)", [type.parameter: .string(nameOrID)],
            answerBytesMax: AnswerLimits.list)
    }

    /// `ListTags`.
    func tags() -> OutgoingRequest { read("ListTags", [:]) }

    /// A page of `ListAlerts`.
    func alerts(_ filter: JSONObject, page: Int) -> OutgoingRequest {
        paged("ListAlerts", filter, page: page)
    }

    /// `GetAlert`.
    func alert(_ id: String) -> OutgoingRequest { read("GetAlert", ["id": .string(id)]) }

    /// A page of `ListUpdates`.
    func history(_ filter: JSONObject, page: Int = 0) -> OutgoingRequest {
        paged("ListUpdates", filter, page: page)
    }

    /// `GetSystemStats` and `GetSystemInformation`.
    func systemStats(ofServer id: String) -> OutgoingRequest {
        read("GetSystemStats", ["server": .string(id)])
    }

    /// What Core knows about the machine of a server.
    func systemInformation(ofServer id: String) -> OutgoingRequest {
        read("GetSystemInformation", ["server": .string(id)])
    }

    /// `GetDeploymentStats`, which Core asks the server for.
    func deploymentStats(_ id: String) -> OutgoingRequest {
        read("GetDeploymentStats", ["deployment": .string(id)])
    }

    /// The containers of one server, or of all; 2.3 renamed both requests.
    func containers(ofServer id: String?, of version: KomodoVersion) -> OutgoingRequest {
        let isRenamed = version >= Self.pagedListsSince
        if let id {
            return read(
                isRenamed ? "ListContainers" : "ListDockerContainers", ["server": .string(id)],
                answerBytesMax: AnswerLimits.list)
        }
        return read(
            isRenamed ? "ListAllContainers" : "ListAllDockerContainers",
            isRenamed ? ["limit": 0] : [:], answerBytesMax: AnswerLimits.list)
    }

    private func paged(_ type: String, _ filter: JSONObject, page: Int) -> OutgoingRequest {
        var params: JSONObject = [:]
        params.put("query", object: filter)
        if page > 0 { params["page"] = .int(page) }
        return read(type, params, answerBytesMax: AnswerLimits.list)
    }
}
