internal import JSON

extension Prompt {
    /// The prompt as a revision lists it.
    func json(_ revision: Revision) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.setNaming(title: title, icons: icons, revision)
        object["description"] = description.map { .string($0) }
        if !arguments.isEmpty {
            object["arguments"] = .array(arguments.map { $0.json(revision) })
        }
        object.setMeta(meta, revision)
        return .object(object)
    }
}

extension Prompt.Argument {
    fileprivate func json(_ revision: Revision) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.setNaming(title: title, icons: [], revision)
        object["description"] = description.map { .string($0) }
        if isRequired { object["required"] = true }
        return .object(object)
    }
}

extension PromptResult {
    /// The filled prompt in a revision.
    func json(_ revision: Revision) -> JSONObject {
        var object: JSONObject = [:]
        object["description"] = description.map { .string($0) }
        object["messages"] = .array(
            messages.map { message in
                [
                    "role": .string(message.role.rawValue),
                    "content": message.content.json(revision),
                ]
            })
        return object
    }
}
