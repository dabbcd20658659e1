internal import JSON

/// The opening of a connection in either era: what the client says, what the server announces.
enum Handshake {
    /// Reads the parameters of `initialize`; a revision that is unknown here is answered with the
    /// newest of the era.
    static func opening(_ params: JSONObject) throws(RPCError) -> SessionState.Opening {
        guard let version = params["protocolVersion"]?.string else {
            throw RPCError.invalidParams("\"protocolVersion\" must be a string")
        }
        let asked = Revision(rawValue: version)
        let revision = asked?.era == .legacy ? asked : nil
        let capabilities: JSONObject
        switch params["capabilities"] {
        case nil: capabilities = [:]
        case .object(let object): capabilities = object
        default: throw RPCError.invalidParams("\"capabilities\" must be an object")
        }
        return SessionState.Opening(
            revision: revision ?? .newestLegacy, client: ClientInfo(params["clientInfo"]),
            capabilities: ClientCapabilities(capabilities))
    }

    /// The result of `initialize`.
    static func result(_ revision: Revision, session: Session) -> JSONObject {
        let definition = session.definition
        var object: JSONObject = [
            "protocolVersion": .string(revision.rawValue),
            "capabilities": .object(
                definition.capabilities(revision, listsTasks: session.listsTasks)),
            "serverInfo": .object(definition.info.json(revision)),
        ]
        object["instructions"] = definition.instructions.map { .string($0) }
        return object
    }

    /// The result of `server/discover`.
    static func discovery(_ revision: Revision, _ definition: ServerDefinition) -> JSONObject {
        var object: JSONObject = [
            "supportedVersions": .strings(Revision.modern.map(\.rawValue)),
            "capabilities": .object(definition.capabilities(revision, listsTasks: false)),
        ]
        object["instructions"] = definition.instructions.map { .string($0) }
        object.setCache(definition.discoverCache, revision)
        return object
    }
}

extension ServerDefinition {
    /// What is announced to clients of a revision.
    func capabilities(_ revision: Revision, listsTasks: Bool) -> JSONObject {
        var object: JSONObject = [:]
        if offersLogging { object["logging"] = [:] }
        if completion != nil, revision >= .march2025 { object["completions"] = [:] }
        if prompts != nil { object["prompts"] = .object(changing(.prompts)) }
        if resources != nil {
            var members = changing(.resources)
            if offersSubscriptions { members["subscribe"] = true }
            object["resources"] = .object(members)
        }
        if tools != nil { object["tools"] = .object(changing(.tools)) }
        if tasks != nil, tools != nil {
            if revision == .november2025 {
                object["tasks"] = .object(LegacyTasks.capability(listsTasks: listsTasks))
            }
            if revision.era == .modern {
                object["extensions"] = .object([ExtensionTasks.identifier: [:]])
            }
        }
        return object
    }

    private func changing(_ kind: ListKind) -> JSONObject {
        changes(of: kind) == nil ? [:] : ["listChanged": true]
    }
}
