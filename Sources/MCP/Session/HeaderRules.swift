internal import JSON

/// The headers of modern HTTP requests, compared with the bodies that they repeat.
enum HeaderRules {
    private static let open = "=?base64?"
    private static let close = "?="

    /// `MCP-Protocol-Version` must be there and equal the body's.
    static func checkVersion(
        _ version: String, _ headers: TransportFacts.Headers
    ) throws(RPCError) {
        guard let header = headers.protocolVersion else {
            throw RPCError.headerMismatch("MCP-Protocol-Version is missing")
        }
        guard header == version else {
            throw RPCError.headerMismatch("MCP-Protocol-Version differs from the body")
        }
    }

    /// `Mcp-Method` must equal the method, and `Mcp-Name` what the request is about.
    ///
    /// Clients exist that send no `Mcp-Name` with the methods of tasks; there only a wrong one is
    /// refused.
    static func checkNames(
        _ method: String, _ params: JSONObject, _ headers: TransportFacts.Headers
    ) throws(RPCError) {
        guard let header = headers.method else {
            throw RPCError.headerMismatch("Mcp-Method is missing")
        }
        guard header == method else {
            throw RPCError.headerMismatch("Mcp-Method differs from the body")
        }
        guard let (key, isRequired) = nameKey(method) else { return }
        guard let raw = headers.name else {
            if isRequired { throw RPCError.headerMismatch("Mcp-Name is missing") }
            return
        }
        guard let name = decode(raw) else {
            throw RPCError.headerMismatch("Mcp-Name is malformed")
        }
        guard ExactText(name) == params[key]?.string.map(ExactText.init) else {
            throw RPCError.headerMismatch("Mcp-Name differs from the body")
        }
    }

    /// `Mcp-Param-…` must equal the arguments whose schema properties carry `x-mcp-header`.
    static func checkParameters(
        schema: JSONValue, arguments: JSONObject, _ headers: TransportFacts.Headers
    ) throws(RPCError) {
        try checkParameters(schema["properties"], .object(arguments), headers, depth: 0)
    }

    private static let depthMax = 16

    private static func checkParameters(
        _ properties: JSONValue?, _ value: JSONValue, _ headers: TransportFacts.Headers,
        depth: Int
    ) throws(RPCError) {
        guard depth < depthMax, case .object(let properties)? = properties else { return }
        for property in properties.members {
            let argument = value[property.key]
            if let name = property.value["x-mcp-header"]?.string {
                try check(header: name, argument, headers)
            }
            guard let argument, argument.object != nil else { continue }
            try checkParameters(property.value["properties"], argument, headers, depth: depth + 1)
        }
    }

    private static func check(
        header name: String, _ argument: JSONValue?, _ headers: TransportFacts.Headers
    ) throws(RPCError) {
        let shown = "Mcp-Param-\(name)"
        guard let raw = headers.parameters[name.lowercased()] else {
            guard argument == nil || argument == .null else {
                throw RPCError.headerMismatch("\(shown) is missing")
            }
            return
        }
        guard let text = decode(raw) else {
            throw RPCError.headerMismatch("\(shown) is malformed")
        }
        guard let argument, matches(text, argument) else {
            throw RPCError.headerMismatch("\(shown) differs from the body")
        }
    }

    private static func matches(_ text: String, _ argument: JSONValue) -> Bool {
        switch argument {
        case .string(let value): ExactText(text) == ExactText(value)
        case .bool(let value): text == (value ? "true" : "false")
        case .number(let digits):
            text == digits || (argument.int != nil && JSONValue.number(text).int == argument.int)
        case .null, .array, .object: false
        }
    }

    private static func nameKey(_ method: String) -> (key: String, isRequired: Bool)? {
        switch method {
        case "tools/call", "prompts/get": ("name", true)
        case "resources/read": ("uri", true)
        case "tasks/get", "tasks/update", "tasks/cancel": ("taskId", false)
        default: nil
        }
    }

    /// The text of a header value, out of its base64 wrapping if it has one.
    ///
    /// - Returns: nil for bytes that a header may not hold and for wrong base64.
    static func decode(_ raw: String) -> String? {
        guard raw.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else { return nil }
        guard raw.hasPrefix(open), raw.hasSuffix(close),
            raw.utf8.count >= open.utf8.count + close.utf8.count
        else { return raw }
        let middle = raw.utf8.dropFirst(open.utf8.count).dropLast(close.utf8.count)
        return Base64.decode(middle).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
