internal import JSON

extension Content {
    /// The piece as a revision knows it; newer kinds become texts.
    func json(_ revision: Revision) -> JSONValue {
        switch self {
        case .text(let text, let annotations):
            return Self.block("text", ["text": .string(text)], annotations, revision)
        case .image(let data, let mimeType, let annotations):
            return Self.block(
                "image", ["data": .string(data), "mimeType": .string(mimeType)], annotations,
                revision)
        case .audio(let data, let mimeType, let annotations):
            guard revision >= .march2025 else {
                return Self.block(
                    "text", ["text": .string("[audio, \(mimeType)]")], annotations, revision)
            }
            return Self.block(
                "audio", ["data": .string(data), "mimeType": .string(mimeType)], annotations,
                revision)
        case .link(let resource):
            return Self.link(resource, revision)
        case .embedded(let contents, let annotations):
            return Self.block(
                "resource", ["resource": contents.json(revision)], annotations, revision)
        }
    }

    private static func block(
        _ type: String, _ members: JSONObject, _ annotations: ContentAnnotations?,
        _ revision: Revision
    ) -> JSONValue {
        var object: JSONObject = ["type": .string(type)]
        for member in members.members { object[member.key] = member.value }
        object["annotations"] = annotations?.json(revision)
        return .object(object)
    }

    private static func link(_ resource: Resource, _ revision: Revision) -> JSONValue {
        guard revision >= .june2025 else {
            let name = resource.title ?? resource.name
            return block(
                "text", ["text": .string("\(name): \(resource.uri)")], resource.annotations,
                revision)
        }
        var object: JSONObject = ["type": "resource_link"]
        for member in resource.json(revision).members { object[member.key] = member.value }
        return .object(object)
    }
}

extension ContentAnnotations {
    /// What a revision knows of the annotations.
    func json(_ revision: Revision) -> JSONValue {
        var object: JSONObject = [:]
        if !audience.isEmpty { object["audience"] = .strings(audience.map(\.rawValue)) }
        object["priority"] = priority.map { .double($0) }
        if revision >= .june2025 {
            object["lastModified"] = lastModified.map { .string($0.iso8601) }
        }
        return .object(object)
    }
}
