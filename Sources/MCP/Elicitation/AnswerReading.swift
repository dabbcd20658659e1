internal import JSON

/// What a client's answer is worth, decided against what was asked.
enum AnswerReading: Hashable {
    case answer(ClientAnswer)
    /// Well-formed, but the content does not fit the form: ask again.
    case unfit(String)
    /// No answer to such a request at all.
    case malformed(String)

    private static let formats: Set<SchemaFormat> = [.email, .uri, .date, .dateTime]

    /// Reads `raw` as the answer to `request`.
    ///
    /// - Throws: ``SchemaError`` when the form itself cannot be used.
    static func read(_ raw: JSONValue, for request: ClientRequest) throws(SchemaError)
        -> AnswerReading
    {
        guard case .object(let object) = raw else { return .malformed("it is no object") }
        switch request {
        case .form(let form): return try elicitation(object, schema: form.schema)
        case .url: return try elicitation(object, schema: nil)
        case .sampling:
            guard object["role"]?.string != nil, object["content"] != nil else {
                return .malformed("\"role\" or \"content\" is missing")
            }
            return .answer(.sampling(object))
        case .roots: return roots(object)
        }
    }

    private static func elicitation(
        _ object: JSONObject, schema: JSONValue?
    ) throws(SchemaError) -> AnswerReading {
        switch object["action"]?.string {
        case "accept": break
        case "decline": return .answer(.elicitation(.declined))
        case "cancel": return .answer(.elicitation(.cancelled))
        default: return .malformed("\"action\" is none of accept, decline, cancel")
        }
        guard let schema else { return .answer(.elicitation(.accepted([:]))) }
        let content: JSONObject
        switch object["content"] {
        case nil, .null: content = [:]
        case .object(let object): content = object
        default: return .malformed("\"content\" is no object")
        }
        let problems = try JSONSchema(schema, checking: formats).problems(
            in: .object(content), limit: 1)
        if let problem = problems.first { return .unfit(problem.message) }
        return .answer(.elicitation(.accepted(content)))
    }

    private static func roots(_ object: JSONObject) -> AnswerReading {
        guard let list = object["roots"]?.array else { return .malformed("\"roots\" is no array") }
        var roots: [Root] = []
        for entry in list {
            guard let uri = entry["uri"]?.string else { return .malformed("a root has no \"uri\"") }
            roots.append(Root(uri: uri, name: entry["name"]?.string))
        }
        return .answer(.roots(roots))
    }
}
