internal import HTTPTypes

extension HTTPField.Name {
    static let sessionID = token("Mcp-Session-Id")
    static let protocolVersion = token("MCP-Protocol-Version")
    static let mcpMethod = token("Mcp-Method")
    static let mcpName = token("Mcp-Name")
    /// A second `Host` field; the first is the request's authority.
    static let extraHost = token("Host")
    static let lastEventID = token("Last-Event-ID")
    static let accessControlMaxAge = token("Access-Control-Max-Age")
    static let accelBuffering = token("X-Accel-Buffering")

    /// What the names of fields begin with that repeat arguments, in lower case.
    static let parameterPrefix = "mcp-param-"

    private static func token(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("\(text) consists of letters and hyphens")
        }
        return name
    }
}

extension HTTPFields {
    /// The field's value without the white space around it.
    func trimmed(_ name: HTTPField.Name) -> String? {
        guard let value = self[name] else { return nil }
        let bytes = Array(value.utf8)
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

extension HTTPRequest {
    /// Whether its body may be so large that, unread, the connection is not worth keeping.
    func mayHaveLargeBody(_ limits: HTTPLimits) -> Bool {
        guard headerFields[.transferEncoding] == nil else { return true }
        let length = headerFields.trimmed(.contentLength).map { Int($0) ?? .max } ?? 0
        return length > limits.unreadBodyBytesMax
    }
}
