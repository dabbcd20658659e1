internal import JSON

extension Resource {
    /// The resource as a revision lists it.
    func json(_ revision: Revision) -> JSONObject {
        var object: JSONObject = ["uri": .string(uri), "name": .string(name)]
        object.setNaming(title: title, icons: icons, revision)
        object["description"] = description.map { .string($0) }
        object["mimeType"] = mimeType.map { .string($0) }
        object["size"] = size.map { .int($0) }
        object["annotations"] = annotations?.json(revision)
        object.setMeta(meta, revision)
        return object
    }
}

extension ResourceTemplate {
    /// The template as a revision lists it.
    func json(_ revision: Revision) -> JSONValue {
        var object: JSONObject = ["uriTemplate": .string(uriTemplate), "name": .string(name)]
        object.setNaming(title: title, icons: icons, revision)
        object["description"] = description.map { .string($0) }
        object["mimeType"] = mimeType.map { .string($0) }
        object["annotations"] = annotations?.json(revision)
        object.setMeta(meta, revision)
        return .object(object)
    }
}

extension ResourceContents {
    /// The contents in a revision.
    func json(_ revision: Revision) -> JSONValue {
        var object: JSONObject = ["uri": .string(uri)]
        object["mimeType"] = mimeType.map { .string($0) }
        switch body {
        case .text(let text): object["text"] = .string(text)
        case .blob(let data): object["blob"] = .string(data)
        }
        object.setMeta(meta, revision)
        return .object(object)
    }
}
