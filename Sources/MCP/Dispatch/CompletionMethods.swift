internal import JSON

/// `completion/complete`.
enum CompletionMethods {
    /// Proposals for one argument.
    static func complete(
        _ provider: any CompletionProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let query = try query(context.exchange.params)
        guard let completion = try await provider.complete(query, for: context.principal) else {
            throw RPCError.invalidParams("\"ref\" or \"argument.name\" is unknown")
        }
        let values = completion.values.prefix(Completion.valuesMax)
        var object: JSONObject = ["values": .strings(Array(values))]
        object["total"] = completion.total.map { .int($0) }
        let isCut = values.count < completion.values.count
        object["hasMore"] = isCut ? true : completion.hasMore.map { .bool($0) }
        return ["completion": .object(object)]
    }

    private static func query(_ params: JSONObject) throws(RPCError) -> CompletionQuery {
        guard let argument = params["argument"]?["name"]?.string,
            let value = params["argument"]?["value"]?.string
        else {
            throw RPCError.invalidParams("\"argument\" needs the strings \"name\" and \"value\"")
        }
        return CompletionQuery(
            reference: try reference(params["ref"]), argument: argument, value: value,
            settled: try PromptMethods.texts(params["context"]?["arguments"]))
    }

    private static func reference(
        _ value: JSONValue?
    ) throws(RPCError) -> CompletionQuery.Reference {
        switch value?["type"]?.string {
        case "ref/prompt":
            if let name = value?["name"]?.string { return .prompt(name) }
        case "ref/resource":
            if let uri = value?["uri"]?.string { return .resource(uri) }
        default: break
        }
        throw RPCError.invalidParams("\"ref\" is neither a prompt nor a resource")
    }
}
