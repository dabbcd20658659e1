internal import JSON

extension ClientRequest {
    /// The method that asks for it.
    var method: String {
        switch self {
        case .form, .url: "elicitation/create"
        case .sampling: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }

    /// The parameters of the request in a revision.
    func params(_ revision: Revision) -> JSONObject {
        switch self {
        case .form(let form):
            var object: JSONObject = ["message": .string(form.message)]
            if revision >= .november2025 {
                object["mode"] = "form"
                object["requestedSchema"] = form.schema
            } else {
                object["requestedSchema"] = LegacyForm.schema(form.schema)
            }
            return object
        case .url(let message, let url, let id):
            var object: JSONObject = [
                "mode": "url", "message": .string(message), "url": .string(url),
            ]
            if revision == .november2025 { object["elicitationId"] = .string(id) }
            return object
        case .sampling(let params): return params
        case .roots: return [:]
        }
    }

    /// Whether the client can be asked in a revision.
    func isSupported(by capabilities: ClientCapabilities, _ revision: Revision) -> Bool {
        switch self {
        case .form: revision >= .june2025 && capabilities.elicitsForms
        case .url: revision >= .november2025 && capabilities.elicitsURLs
        case .sampling: capabilities.samples
        case .roots: capabilities.listsRoots
        }
    }

    /// What the client would have to declare.
    var requiredCapability: JSONObject {
        switch self {
        case .form: ["elicitation": [:]]
        case .url: ["elicitation": ["url": [:]]]
        case .sampling: ["sampling": [:]]
        case .roots: ["roots": [:]]
        }
    }
}

/// Forms for clients of 2025-06-18, which know neither titled choices nor most defaults.
enum LegacyForm {
    /// `schema` with titled choices as `enum` with `enumNames`, and without newer defaults.
    static func schema(_ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema,
            case .object(var properties)? = object["properties"]
        else { return schema }
        for member in properties.members {
            properties[member.key] = property(member.value)
        }
        object["properties"] = .object(properties)
        return .object(object)
    }

    private static func property(_ property: JSONValue) -> JSONValue {
        guard case .object(var object) = property else { return property }
        if object["type"] != "boolean" { object["default"] = nil }
        if case .array(let choices)? = object["oneOf"] {
            object["oneOf"] = nil
            object["enum"] = .array(choices.compactMap { $0["const"] })
            object["enumNames"] = .array(choices.compactMap { $0["title"] })
        }
        return .object(object)
    }
}
