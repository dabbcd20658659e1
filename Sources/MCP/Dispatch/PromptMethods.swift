internal import JSON

/// `prompts/list` and `prompts/get`.
enum PromptMethods {
    /// The prompts of one page.
    static func list(
        _ provider: any PromptProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let cursor = try context.exchange.params.cursor()
        let page = try Pages.page(
            try await provider.prompts(for: context.principal), at: cursor,
            size: context.exchange.definition.limits.pageSize)
        var object: JSONObject = ["prompts": .array(page.items.map { $0.json(context.revision) })]
        object["nextCursor"] = page.nextCursor.map { .string($0) }
        object.setCache(page.cache, context.revision)
        return object
    }

    /// A prompt filled with its arguments.
    static func get(
        _ provider: any PromptProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let params = context.exchange.params
        let name = try params.requiredString("name")
        let arguments = try texts(params["arguments"])
        let prompts = try await provider.prompts(for: context.principal).items
        guard let prompt = prompts.first(where: { $0.name == name }) else {
            throw unknown(name)
        }
        for argument in prompt.arguments where argument.isRequired {
            guard arguments[argument.name] != nil else {
                throw RPCError.invalidParams("the argument \"\(argument.name)\" is missing")
            }
        }
        guard
            let result = try await provider.prompt(name, arguments: arguments, context: context)
        else { throw unknown(name) }
        return result.json(context.revision)
    }

    /// Arguments of prompts and completions are texts.
    static func texts(_ value: JSONValue?) throws(RPCError) -> [String: String] {
        var texts: [String: String] = [:]
        switch value {
        case nil, .null: break
        case .object(let object):
            for member in object.members {
                guard case .string(let text) = member.value else {
                    throw RPCError.invalidParams(
                        "the argument \"\(member.key.cut(to: 128))\" must be a string")
                }
                texts[member.key] = text
            }
        default: throw RPCError.invalidParams("\"arguments\" must be an object")
        }
        return texts
    }

    private static func unknown(_ name: String) -> RPCError {
        RPCError.invalidParams("unknown prompt \"\(name.cut(to: 128))\"")
    }
}
